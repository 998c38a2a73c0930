import { createHash } from 'node:crypto'
import { ANY_DIGEST } from '../inbox/any-digest.ts'
import type { Inbox } from '../inbox/inbox.ts'

/** What is to be remembered, and for how long. */
export interface Reminder {
  receiver: string
  /** Of what kind it is, and its name. */
  what: readonly string[]
  /** Milliseconds since the epoch. */
  at: number
  forMs: number
}

/**
 * Remembers something in the inbox, among its delivery ids: for all processes that share it, and over restarts. Resolves to
 * whether it was new, which of several that ask at once one alone is told. Rejects as `inbox.record` does.
 */
export async function remember(inbox: Inbox, { receiver, what, at, forMs }: Reminder): Promise<boolean> {
  const outcome = await inbox.record({
    receiver,
    key: keyOf(receiver, what),
    digest: ANY_DIGEST,
    keyExpiresAt: at + forMs,
    receivedAt: at,
    body: new Uint8Array(),
    headers: {},
    context: { receivedAt: new Date(at).toISOString() },
    events: [],
  })
  return outcome === 'recorded'
}

/** Never that of a delivery: theirs are hashes of a list of two. */
const keyOf = (receiver: string, what: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(['reconcile', receiver, ...what]))
    .digest('hex')
    .slice(0, 32)
