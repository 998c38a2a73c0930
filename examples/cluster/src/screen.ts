import { styleText } from 'node:util'

/** Where a run is shown: lines, and one that changes on a terminal. `NO_COLOR` is respected. */
export interface Screen {
  line(text?: string): void
  /** How it stands. On a terminal it takes the place of the one before; elsewhere it is a line. */
  status(text: string): void
  bold(text: string): string
  /** A number that ought to be zero. */
  zero(count: number): string
}

export function createScreen(stream: NodeJS.WriteStream): Screen {
  const clear = stream.isTTY ? '\r\x1b[2K' : ''
  const style = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream })
  return {
    line: (text = '') => void stream.write(`${clear}${text}\n`),
    status: (text) => void stream.write(stream.isTTY ? `${clear}${text}` : `${text}\n`),
    bold: (text) => style('bold', text),
    zero: (count) => style(count === 0 ? 'green' : 'red', String(count)),
  }
}
