import { clearLine, cursorTo } from 'node:readline'
import { fitting } from './live-lines.ts'

/** How far something is, on standard error. */
export interface Progress {
  /** What to say from now on; nothing with an empty text. */
  update(text: string): void
  /** Takes the line away, for good. */
  end(): void
}

/** What is faster needs no words, in milliseconds. */
const SILENT_MS = 1_000
/** Between two lines: on a terminal, where one replaces the other, and in a log. In milliseconds. */
const PAUSE_MS = { terminal: 100, log: 10_000 } as const

/** Speaks up after a second. On a terminal in one line, elsewhere in a line now and then. */
export function progress(): Progress {
  const { stderr } = process
  let text = ''
  let shown = ''

  const wipe = () => {
    if (shown === '' || !stderr.isTTY) return
    cursorTo(stderr, 0)
    clearLine(stderr, 0)
    shown = ''
  }
  const show = () => {
    if (text === '' || text === shown) return
    wipe()
    stderr.write(stderr.isTTY ? fitting(text) : `${text}\n`)
    shown = text
  }
  const pauseMs = stderr.isTTY ? PAUSE_MS.terminal : PAUSE_MS.log
  let timer = setTimeout(() => {
    show()
    timer = setInterval(show, pauseMs).unref()
  }, SILENT_MS).unref()

  return {
    update: (words) => {
      text = words
      if (words === '') wipe()
    },
    end: () => {
      clearInterval(timer)
      wipe()
    },
  }
}

/** Waits, and after a second says for what. */
export async function patiently<T>(text: string, work: () => Promise<T>): Promise<T> {
  const shown = progress()
  shown.update(text)
  return work().finally(shown.end)
}

/** The same rows, and how many were looked through. */
export async function* counted<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  const shown = progress()
  let count = 0
  try {
    for await (const row of rows) {
      shown.update(`${++count} looked through`)
      yield row
    }
  } finally {
    shown.end()
  }
}
