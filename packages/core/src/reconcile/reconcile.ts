import type { KycEvent } from '../event.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { invalid } from '../option-checks.ts'
import type { Provider } from '../provider.ts'
import { checkIdentity } from './identities.ts'
import type { ReconcileOptions } from './reconcile-options.ts'
import { resolveReconcileSettings } from './reconcile-settings.ts'
import { ReconcilerLoop } from './reconciler-loop.ts'

/** What polls beside what is pushed. */
export interface Reconciler {
  /** Resolves when the inbox is open. Rejects with a `KycWebhookError`; the reconciler goes on trying. */
  readonly ready: Promise<void>
  /** Polls no more, aborts a `fetch` in hand, and waits until what it gave is recorded. Leaves the inbox open. Idempotent. */
  close(): Promise<void>
}

/**
 * Asks the provider for what its deliveries may have missed, and records it as if it had been delivered: the same ids in the
 * same inbox, so that what was pushed and is polled, or the other way round, is handled once, by the handlers of the
 * receiver. Provider and name must be that receiver's; it may be in another process.
 *
 * Of all processes that share the inbox one polls, whenever it is time, also after a restart. The events of results are no
 * less believed than those of deliveries: `fetch` must ask over TLS, with your key.
 *
 * Throws a `KycWebhookError` when an option is missing or wrong.
 */
export function reconcile<E extends KycEvent>(
  inbox: Inbox,
  provider: Provider<E>,
  options: ReconcileOptions<E>,
): Reconciler {
  if (typeof inbox?.record !== 'function') invalid('inbox', 'an inbox, for example sqliteInbox({ file })')
  const settings = resolveReconcileSettings(provider, options)
  // The functions of a provider's events are called with that provider's events alone.
  const general = provider as unknown as Provider
  checkIdentity(inbox, settings.name, general)
  const { fetch, expected, onMissing } = options as unknown as ReconcileOptions
  const loop = new ReconcilerLoop(inbox, general, settings, { fetch, expected, onMissing })
  const ready = inbox.open()
  ready.catch(() => {})
  return { ready, close: () => loop.close() }
}
