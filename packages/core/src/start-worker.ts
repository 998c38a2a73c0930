import type { KycEvent } from './event.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Provider } from './provider.ts'
import type { WorkerOptions } from './receiver-options.ts'
import { checkPolledIdentity, keepIdentity } from './reconcile/identities.ts'
import { resolveSettings } from './settings.ts'
import { startWork } from './work.ts'

/** Between two turns of a timer that does nothing, in milliseconds. */
const LONG_MS = 1_000_000_000

/** What handles events without receiving them. Keeps the process alive until it is closed. */
export interface StartedWorker {
  /** Resolves when the inbox is open. Rejects with a `KycWebhookError`; the worker goes on trying. */
  readonly ready: Promise<void>
  /** Starts no more handlers, waits up to `closeGraceMs` for those in hand. Leaves the inbox open. Idempotent. */
  close(): Promise<void>
}

/**
 * Hands the events of a receiver to handlers, where the receiver itself is another process with `receiveOnly`. Provider and
 * name must be that receiver's. Several processes may do so at once where the inbox allows it.
 *
 * Throws a `KycWebhookError` when an option or a handler is missing or wrong.
 */
export function startWorker<E extends KycEvent>(
  inbox: Inbox,
  provider: Provider<E>,
  options: WorkerOptions<E>,
): StartedWorker {
  // The handlers of a provider's events are called with that provider's events alone.
  const general = { ...(options as unknown as WorkerOptions), inbox }
  const settings = resolveSettings(provider as unknown as Provider, general)
  checkPolledIdentity(inbox, settings.name, provider as unknown as Provider)
  const worker = startWork(provider as unknown as Provider, general, settings)
  keepIdentity(inbox, settings.name, provider as unknown as Provider)
  const ready = inbox.open()
  ready.catch(() => {})
  // There may be nothing else in the process, as long as the inbox is away: it is to wait for it, not to end.
  const alive = setInterval(() => {}, LONG_MS)
  return {
    ready,
    async close() {
      clearInterval(alive)
      await worker.stop(settings.closeGraceMs)
    },
  }
}
