import type { Effect, HandlerRun } from './ledger.ts'
import type { Kill } from './member.ts'

/**
 * For each killed worker that had events in hand: the time from its kill until the last of these events was handled by
 * somebody else, in milliseconds. An event that never was handled does not count here; it is found elsewhere.
 */
export function takeOvers(
  kills: readonly Kill[],
  runs: readonly HandlerRun[],
  effects: readonly Effect[],
): number[] {
  const handled = new Map(effects.map((effect) => [effect.eventId, effect]))
  return kills.flatMap(({ process, at }) => {
    const begun = runs.filter(({ worker }) => worker === process)
    const times = begun.flatMap(({ eventId }) => {
      const { worker, handledAt = 0 } = handled.get(eventId) ?? {}
      // What it had committed itself was not in its hand any more.
      return worker !== process && handledAt > at ? [handledAt - at] : []
    })
    return times.length === 0 ? [] : [Math.max(...times)]
  })
}
