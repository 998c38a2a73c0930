import type { Inbox } from '../inbox/inbox.ts'
import { invalid } from '../option-checks.ts'
import type { Provider } from '../provider.ts'
import { perInbox } from './per-inbox.ts'

/** How the receivers and workers of this process make delivery ids, by name. */
const identities = perInbox(() => new Map<string, Provider['normalise']>())

/** Keeps how a receiver or worker makes delivery ids. A later one of its name takes its place. */
export function keepIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): void {
  identities(inbox).set(receiver, normalise)
}

/**
 * Throws `option-invalid` when this process has a receiver or worker of that name whose provider makes other ids: what is
 * polled and what is delivered would be handled twice. Those of other processes cannot be seen.
 */
export function checkIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): void {
  const own = identities(inbox).get(receiver)
  if (own !== undefined && own !== normalise)
    invalid('provider', `that of the receiver ${receiver}: with identifiedBy(), the same object`)
}
