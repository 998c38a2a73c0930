import type { Screen } from './screen.ts'
import type { Stage } from './stage.ts'
import { tableHead, tableRow } from './table.ts'
import { until } from './until.ts'

/** Shows what the server says of whatever is sent to it from now on. Never ends. */
export async function watch({ witness }: Stage, screen: Screen): Promise<never> {
  screen.line(tableHead(screen))
  for (;;) {
    const before = witness.handlerLines().length
    const said = await witness.next(Number.POSITIVE_INFINITY)
    if (said === undefined) continue
    const { provider, deliveryId, outcome, events = 0, status, quarantined, code = '', durationMs } = said
    const handled = () =>
      witness
        .handlerLines()
        .slice(before)
        .filter((line) => line.provider === provider && line.deliveryId === deliveryId)
        .filter(({ result }) => result === 'handled').length
    if (outcome === 'recorded') await until(() => handled() >= events, 2_000)
    const row = {
      provider,
      title: deliveryId ?? '(no id)',
      status,
      durationMs,
      recorded: quarantined ? 'quarantine' : (outcome ?? 'no'),
      handled: outcome === 'recorded' ? `${handled()} of ${events}` : '-',
      why: code,
      asExpected: undefined,
    }
    screen.line(tableRow(row, screen))
  }
}
