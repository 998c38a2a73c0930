import type { ReconcileSettings } from './reconcile-settings.ts'

/** The wait before a failed poll is made again: the first, and each further one twice as long. */
const FIRST_MS = 60_000

/**
 * When to ask again after a failure, in milliseconds; `undefined`: not before the next poll is due. Never sooner than the
 * provider allows, counted from this poll and up to the next one, which another process may make.
 */
export function retryIn(
  { everyMs, minEveryMs, fetchTimeoutMs }: ReconcileSettings,
  { failures, elapsedMs }: { failures: number; elapsedMs: number },
): number | undefined {
  const waitMs = Math.max(minEveryMs, FIRST_MS * 2 ** (failures - 1))
  const room = everyMs - elapsedMs - waitMs
  return room >= Math.max(minEveryMs, fetchTimeoutMs) ? waitMs : undefined
}
