import type { KycEvent } from './event.ts'
import type { Inbox } from './inbox/inbox.ts'
import type { Provider } from './provider.ts'
import type { WorkerOptions } from './receiver-options.ts'
import { keepIdentity } from './reconcile/identities.ts'
import { resolveSettings } from './settings.ts'
import { startWork } from './work.ts'

/** What handles events without receiving them. */
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
  const worker = startWork(provider as unknown as Provider, general, settings)
  keepIdentity(inbox, settings.name, provider as unknown as Provider)
  const ready = inbox.open()
  ready.catch(() => {})
  return { ready, close: () => worker.stop(settings.closeGraceMs) }
}
