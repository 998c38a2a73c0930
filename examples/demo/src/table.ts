import type { Screen } from './screen.ts'
import type { Cells } from './step.ts'

export interface Row extends Cells {
  provider: string
  title: string
  /** Time to the reply, in milliseconds. */
  durationMs: number | undefined
  /** `undefined`: nothing was expected of it. */
  asExpected: boolean | undefined
}

/** Widths of the columns: 100 in all, with two between them. */
const WIDTHS = { provider: 10, title: 28, reply: 11, recorded: 10, handled: 7, why: 20 }

export function tableHead({ style }: Pick<Screen, 'style'>): string {
  const titles = {
    provider: 'provider',
    title: 'delivery',
    reply: 'reply',
    recorded: 'recorded',
    handled: 'handled',
    why: 'why',
  }
  return style('bold', `  ${layOut(titles)}`)
}

export function tableRow(row: Row, { style }: Pick<Screen, 'style'>): string {
  const { status, durationMs, asExpected } = row
  const time = durationMs === undefined ? '' : `${inMs(durationMs)} ms`
  const reply = `${status ?? ''}`.padEnd(4) + time.padStart(7)
  const text = layOut({ ...row, reply })
  const mark = asExpected === undefined ? ' ' : asExpected ? style('green', '✓') : style('red', '✗')
  return `${mark} ${status !== undefined && status >= 400 ? style('yellow', text) : text}`
}

function layOut(cells: Record<keyof typeof WIDTHS, string>): string {
  return Object.entries(WIDTHS)
    .map(([name, width]) => fit(cells[name as keyof typeof WIDTHS], width))
    .join('  ')
    .trimEnd()
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}

/** Three digits at most. */
export function inMs(durationMs: number): string {
  return durationMs < 10 ? durationMs.toFixed(1) : durationMs.toFixed(0)
}
