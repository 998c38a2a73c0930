import type { Logger, Work } from '@kyc-webhooks/core'
import { pause, quietly } from '@kyc-webhooks/core/engine'
import type { PostgresStore } from './postgres-store.ts'
import type { Tended, Tending } from './reticket.ts'

/** How often to look, in milliseconds; an event that waits for so long has no job. */
const EVERY_MS = 60_000
/** Between two statements, in milliseconds: a backlog is looked through without hurry. */
const PAGE_PAUSE_MS = 50

/** For how long events must have been due, or running, before their job is missed. */
export type TendLimits = Pick<Tending, 'waitingMs' | 'runningMs'>

/** Looks, until it is stopped, for events whose job somebody has deleted. */
export async function tending(
  work: Work,
  store: PostgresStore,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  const { receiver, timeoutMs } = work
  // An attempt whose job is gone is cut off at the next heartbeat; this is for one whose worker is gone as well.
  const limits = { waitingMs: EVERY_MS, runningMs: timeoutMs + 2_000 * store.settings.heartbeatSeconds }
  for (;;) {
    await pause(EVERY_MS, stopping)
    if (stopping.aborted) return
    await quietly(work, logger, 'looking for events without a job', async () => {
      const events = await tendAll(store, receiver, limits, stopping)
      if (events > 0) logger.warn({ receiver, events }, 'events had no job, and have one now')
    })
  }
}

/** Looks at all events of a receiver once. Resolves to how many had no job, and have one now. */
export async function tendAll(
  store: PostgresStore,
  receiver: string,
  limits: TendLimits = { waitingMs: 0, runningMs: 0 },
  stopping: AbortSignal = new AbortController().signal,
): Promise<number> {
  await store.tickets.ensure(receiver)
  let events = 0
  let after: number | undefined = 0
  while (after !== undefined && !stopping.aborted) {
    const { count, last }: Tended = await store.tend({ receiver, after, ...limits })
    events += count
    after = last
    if (after !== undefined) await pause(PAGE_PAUSE_MS, stopping)
  }
  return events
}
