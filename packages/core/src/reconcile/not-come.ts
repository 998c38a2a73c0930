import type { KycEvent } from '../event.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { EventState } from '../inbox/port.ts'
import type { Expected } from './expected.ts'

/** Events that are looked through: with more, nobody can tell in reasonable time. */
const MAX_EVENTS = 10_000
const PAGE = 500
/** Where an event is that came and is not handled. In the order in which it moves, so that none slips through between two looks. */
const UNHANDLED: readonly EventState[] = ['waiting', 'running', 'waiting', 'dead']

/**
 * Those of the expected events that have not come: not among the events of the receiver that wait, run or are dead letters.
 * What was handled, the application no longer expects. `undefined` when too many events are unhandled to tell.
 */
export async function notCome(
  inbox: Inbox,
  receiver: string,
  expected: readonly Expected[],
): Promise<Expected[] | undefined> {
  let left = [...expected]
  let seen = 0
  for (const state of UNHANDLED) {
    for (let after = 0; left.length > 0; ) {
      const page = await inbox.events({ receiver, state, after, limit: PAGE })
      const events = page.map(({ json }) => JSON.parse(json) as KycEvent)
      left = left.filter(({ is }) => !events.some((event) => is(event)))
      seen += page.length
      if (seen > MAX_EVENTS) return undefined
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) break
      after = last.seq
    }
  }
  return left
}
