import type { Inbox } from '../inbox/inbox.ts'
import { invalid } from '../option-checks.ts'
import type { Provider } from '../provider.ts'
import { perInbox } from './per-inbox.ts'

type Normalise = Provider['normalise']

/** How the receivers and workers of this process make delivery ids, by name. */
const identities = perInbox(() => new Map<string, Normalise>())

/** How the reconcilers of this process make them that are not closed. */
const polled = perInbox(() => new Set<{ receiver: string; normalise: Normalise }>())

/** Keeps how a receiver or worker makes delivery ids. A later one of its name takes its place. */
export function keepIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): void {
  identities(inbox).set(receiver, normalise)
}

/** Keeps how a reconciler makes them, until the function that it gives is called. */
export function keepPolledIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): () => void {
  const own = { receiver, normalise }
  polled(inbox).add(own)
  return () => polled(inbox).delete(own)
}

/**
 * Throws `option-invalid` when this process has a receiver or worker of that name whose provider makes other ids: what is
 * polled and what is delivered would be handled twice. Those of other processes cannot be seen.
 */
export function checkIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): void {
  const own = identities(inbox).get(receiver)
  if (own !== undefined && own !== normalise) refuse(`the receiver ${receiver}`)
}

/** The same for a receiver or worker that is made after its reconciler. */
export function checkPolledIdentity(inbox: Inbox, receiver: string, { normalise }: Provider): void {
  const others = [...polled(inbox)].filter((own) => own.receiver === receiver && own.normalise !== normalise)
  if (others.length > 0) refuse(`the reconciler of ${receiver}`)
}

const refuse = (whose: string): never =>
  invalid('provider', `that of ${whose}: with identifiedBy(), the same object`)
