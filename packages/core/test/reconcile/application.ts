import type { UipEvent } from '../../src/providers/uip-events.ts'
import type { Expected, Missing } from '../../src/reconcile/expected.ts'
import type { ReconcileOptions } from '../../src/reconcile/reconcile-options.ts'
import { virtualTime } from '../inbox/virtual-time.ts'
import { HOUR } from './support.ts'

export interface Application {
  /** Sessions that it began, and when. */
  waiting: Map<string, number>
  flagged: Missing[]
  options: Required<Pick<ReconcileOptions<UipEvent>, 'missingAfterMs' | 'onMissing' | 'expected'>>
  begin: (session: string) => void
}

/** What an application waits for: sessions that it began, until its handler has had their event. */
export function application(): Application {
  virtualTime()
  const waiting = new Map<string, number>()
  const flagged: Missing[] = []
  const options = {
    missingAfterMs: 2 * HOUR,
    onMissing: (missing: Missing) => void flagged.push(missing),
    expected: () =>
      [...waiting].map(
        ([session, since]): Expected<UipEvent> => ({
          id: session,
          since,
          is: (event) => event.type === 'identify' && event.data.session_id === session,
        }),
      ),
  } satisfies Partial<ReconcileOptions<UipEvent>>
  return { waiting, flagged, options, begin: (session: string) => waiting.set(session, Date.now()) }
}
