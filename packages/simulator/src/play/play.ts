import { setImmediate as turn } from 'node:timers/promises'
import type { DraftSource } from '../draft-source.ts'
import type { Simulator } from '../simulator.ts'
import { cues } from './cues.ts'
import { type PlayOptions, playSettings } from './play-options.ts'
import { createPlayKeeper, type PlayReport } from './play-report.ts'
import { createStage } from './stage.ts'

/**
 * Delivers many drafts, at a rate or as fast as replies come, with a mix of event types and of troubles, and keeps the account.
 *
 * Resolves when every delivery has come to an end, its retries included: `timeScale` and `retrySchedule` of the simulator say
 * how long that may take. A delivery with a flaw is not sent again: forgers obey no reply.
 */
export async function play(
  simulator: Simulator,
  drafts: Pick<DraftSource, 'eventTypes' | 'sample'>,
  options: PlayOptions = {},
): Promise<PlayReport> {
  const settings = playSettings(simulator, drafts, options)
  const { rate, burst, durationMs, now, sleep } = settings
  const { onProgress } = options
  const keeper = createPlayKeeper()
  const stage = createStage(simulator, keeper, settings, options)
  const start = now()

  /** Resolves when the next delivery is to begin, with when it was due; with `undefined` when there is to be none. */
  async function nextDue(begun: number): Promise<number | undefined> {
    const due = rate === undefined ? now() : start + (Math.floor(begun / burst) * burst * 1000) / rate
    if (due - start >= durationMs) return undefined
    // A turn of the event loop lets replies in, however far behind the play is.
    await (due > now() ? sleep(due - now(), stage.signal) : turn())
    await stage.room()
    stage.signal.throwIfAborted()
    if (now() - start >= durationMs) return undefined
    // A timer may fire a moment early.
    return rate === undefined ? now() : Math.min(due, now())
  }

  const report = () => keeper.report(now() - start)
  const progress = onProgress && setInterval(() => onProgress(report()), settings.progressIntervalMs)
  try {
    let begun = 0
    for (const cue of cues(drafts, settings)) {
      const due = await nextDue(begun++)
      if (due === undefined) break
      stage.begin(cue, due)
    }
    await stage.empty()
    stage.signal.throwIfAborted()
    return report()
  } catch (error) {
    stage.breakOff(error)
    await stage.empty()
    throw stage.signal.reason
  } finally {
    clearInterval(progress)
    onProgress?.(report())
  }
}
