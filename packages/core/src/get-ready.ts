import type { Inbox } from './inbox/inbox.ts'
import type { KeyRing } from './key-ring.ts'
import type { Reporter } from './reporter.ts'

/** Opens the inbox and loads the keys, and says how that went. Rejects with a `KycWebhookError`. */
export function getReady(inbox: Inbox, keyRing: KeyRing, reporter: Reporter): Promise<void> {
  const ready = Promise.all([inbox.open(), keyRing.load()]).then(() => {})
  ready.then(
    () => reporter.ready(inbox.name),
    (error: unknown) => reporter.notReady(error),
  )
  if (!inbox.durable) reporter.notDurable(inbox.name)
  return ready
}
