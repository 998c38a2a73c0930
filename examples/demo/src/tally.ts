import type { HandlerLine } from './staged-handler.ts'
import type { Seen } from './step.ts'

/** What the deliveries came to, as the providers and the handler have it. */
export interface Tally {
  deliveries: number
  attempts: number
  /** Deliveries that were accepted, by what the log says of them. */
  accepted: Record<string, number>
  /** Deliveries that were not, by the code in the log. */
  refused: Record<string, number>
  /** Time to the slowest reply, in milliseconds. */
  slowestMs: number
  /** Events of deliveries that were answered 200. */
  acknowledged: number
  /** Events that the handler wrote. */
  handled: number
  handledTwice: number
  /** Acknowledged, and never written by the handler. */
  lost: number
  /** Written by the handler, and never acknowledged. */
  unacknowledged: number
}

export function tallyOf(seen: readonly Seen[], handlerLines: readonly HandlerLine[]): Tally {
  const times = new Map<string, number>()
  for (const { id, result } of handlerLines) {
    if (result === 'handled') times.set(id, (times.get(id) ?? 0) + 1)
  }
  const isAccepted = ({ attempts }: Seen) => attempts.some(({ status }) => status === 200)
  const accepted = seen.filter(isAccepted)
  const acknowledged = new Set(accepted.flatMap(({ ids }) => ids))
  const attempts = seen.flatMap((each) => each.attempts)
  return {
    deliveries: seen.length,
    attempts: attempts.length,
    accepted: countBy(accepted, ({ said }) => said?.outcome),
    refused: countBy(
      seen.filter((each) => !isAccepted(each)),
      ({ said }) => said?.code,
    ),
    slowestMs: Math.max(
      0,
      ...attempts.map(({ status, durationMs }) => (status === undefined ? 0 : durationMs)),
    ),
    acknowledged: acknowledged.size,
    handled: times.size,
    handledTwice: [...times.values()].filter((count) => count > 1).length,
    lost: [...acknowledged].filter((id) => !times.has(id)).length,
    unacknowledged: [...times.keys()].filter((id) => !acknowledged.has(id)).length,
  }
}

function countBy<T>(items: readonly T[], name: (item: T) => string | undefined): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) {
    const key = name(item) ?? 'unknown'
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
