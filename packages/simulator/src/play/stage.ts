import type { DeliveryAttempt } from '../report.ts'
import type { Simulator } from '../simulator.ts'
import type { Cue } from './cues.ts'
import { type Deliver, perform } from './perform.ts'
import type { PlayOptions, PlaySettings } from './play-options.ts'
import type { PlayKeeper } from './play-report.ts'

/** Where deliveries are under way, so many at a time. */
export interface Stage {
  /** Aborts when the play is broken off. */
  readonly signal: AbortSignal
  /** Resolves when another first attempt may be made. */
  room(): Promise<void>
  /** Begins what a cue says. `due`: when that was due, by the clock of the play. */
  begin(cue: Cue, due: number): void
  /** Resolves when nothing is under way. */
  empty(): Promise<unknown>
  /** Breaks all off. */
  breakOff(reason: unknown): void
}

export function createStage(
  simulator: Simulator,
  keeper: PlayKeeper,
  { concurrency, now }: PlaySettings,
  { signal: given, onAttempt, onReport }: PlayOptions,
): Stage {
  const broken = new AbortController()
  const signal = given === undefined ? broken.signal : AbortSignal.any([given, broken.signal])
  const underWay = new Set<Promise<void>>()
  let firstAttempts = 0
  let wake = () => {}

  function begin(cue: Cue, due: number): void {
    const { eventType } = cue
    let first = true
    /** Whoever waits to be sent again, or for the first of two deliveries, takes up no room. */
    function makeRoom(): void {
      if (first) firstAttempts -= 1
      first = false
      wake()
    }
    function heard(attempt: DeliveryAttempt): void {
      const fromDueMs = first ? now() - due : undefined
      makeRoom()
      keeper.attempt(attempt, fromDueMs)
      onAttempt?.(attempt, fromDueMs)
    }
    const deliver: Deliver = async (draft, trouble, options) => {
      keeper.begin()
      try {
        const report = await simulator.deliver(draft, { ...options, signal, onAttempt: heard })
        keeper.end(report.outcome, trouble)
        onReport?.(report, { eventType, trouble })
        return report
      } catch (error) {
        keeper.end('aborted', trouble)
        throw error
      }
    }
    firstAttempts += 1
    keeper.draft(eventType)
    const done: Promise<void> = perform(cue, deliver)
      // A delivery that rejects, which none should, breaks off all others.
      .catch((error) => broken.abort(error))
      .finally(() => {
        underWay.delete(done)
        makeRoom()
      })
    underWay.add(done)
  }
  return {
    signal,
    begin,
    async room() {
      while (firstAttempts >= concurrency) await new Promise<void>((resolve) => (wake = resolve))
    },
    empty: () => Promise.all(underWay),
    breakOff: (reason) => broken.abort(reason),
  }
}
