import type { DeliveryAttempt, Draft, PreparedDelivery, Simulator } from '@kyc-webhooks/simulator'
import type { HandlerLine } from './staged-handler.ts'
import type { LogLine } from './witness.ts'

/** A delivery of the mix. */
export interface Step {
  /** Its event, or what is special about it. */
  title: string
  simulator: Simulator
  draft: Draft
  /** Gives what is sent. Called at that moment, for the timestamp. */
  prepare: () => PreparedDelivery
  expected: Cells
}

/** What a row of the table says, less the time of the reply. */
export interface Cells {
  status: number | undefined
  recorded: string
  handled: string
  why: string
}

/** What is known of what became of a step. */
export interface Seen {
  /** As the provider saw it. */
  attempts: readonly DeliveryAttempt[]
  /** What the server's log said. */
  said: LogLine | undefined
  /** Ids of the events. */
  ids: readonly string[]
  /** What the handler has written about them since the step was sent. */
  handler: readonly HandlerLine[]
}

/** How many of the events the handler came to the end of. */
function countHandled({ ids, handler }: Pick<Seen, 'ids' | 'handler'>): number {
  return ids.filter((id) => handler.some((line) => line.id === id && line.result === 'handled')).length
}

/** Says what was seen, in the words of the table. */
export function cellsOf(seen: Seen): Cells {
  const { attempts, said, ids } = seen
  const handled = countHandled(seen)
  const { outcome = 'no', quarantined = false } = said ?? { outcome: 'unknown' }
  return {
    status: attempts.at(-1)?.status,
    recorded: quarantined ? 'quarantine' : outcome,
    handled: handled > 0 || outcome === 'recorded' ? `${handled} of ${ids.length}` : '-',
    why: said?.code ?? (notAnswered(attempts) || unusual(seen)),
  }
}

/** Why there were further attempts, where the first had no reply. */
function notAnswered([first]: Seen['attempts']): string {
  return first?.error === undefined ? '' : `after ${first.error}`
}

/** What was not plain about the handling. */
function unusual({ ids, handler }: Seen): string {
  const threw = handler.filter(({ result }) => result === 'failed').length
  if (threw > 0) return `threw ${threw} x`
  const ends = handler.filter(({ result }) => result === 'handled')
  const twice = ids.filter((id) => ends.filter((line) => line.id === id).length > 1).length
  if (twice > 0) return `${twice} handled twice`
  const attempt = Math.max(0, ...ends.map((line) => line.attempt))
  return attempt > 1 ? `in attempt ${attempt}` : ''
}
