import type { Sent } from './play.ts'
import type { Screen } from './screen.ts'
import { type Cells, cellsOf } from './step.ts'
import { tableRow } from './table.ts'

/** Prints the row of a delivery; below it, what was expected, when that is something else. Returns whether it was as expected. */
export function show({ step, look }: Sent, screen: Screen): boolean {
  const { title, expected, simulator } = step
  const seen = look()
  const cells = cellsOf(seen)
  const asExpected = isSame(cells, expected)
  const durationMs = seen.attempts.at(-1)?.durationMs
  screen.line(tableRow({ ...cells, provider: simulator.provider, title, durationMs, asExpected }, screen))
  if (!asExpected) {
    const row = {
      ...expected,
      provider: '',
      title: 'expected:',
      durationMs: undefined,
      asExpected: undefined,
    }
    screen.line(tableRow(row, screen))
  }
  return asExpected
}

function isSame(a: Cells, b: Cells): boolean {
  return a.status === b.status && a.recorded === b.recorded && a.handled === b.handled && a.why === b.why
}
