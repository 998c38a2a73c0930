import type { Logger, Work } from '@kyc-webhooks/core'
import { pause, quietly } from '@kyc-webhooks/core/engine'
import type { PostgresStore } from './postgres-store.ts'

/** How often to look, in milliseconds; an event that waits for so long has no job. */
const EVERY_MS = 60_000
/** An event that is running may have waited long before; its job is gone when nothing was heard of it for so much longer. */
const RUNNING_MS = 3_600_000

/** Looks, until it is stopped, for events whose job somebody has deleted. */
export async function tending(
  work: Work,
  store: PostgresStore,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  const { receiver, timeoutMs } = work
  const limits = { waitingMs: EVERY_MS, runningMs: RUNNING_MS + timeoutMs }
  for (;;) {
    await pause(EVERY_MS, stopping)
    if (stopping.aborted) return
    await quietly(work, logger, 'looking for events without a job', async () => {
      for (;;) {
        const events = await store.tend(receiver, limits)
        if (events === 0) return
        logger.warn({ receiver, events }, 'events had no job, and have one now')
      }
    })
  }
}
