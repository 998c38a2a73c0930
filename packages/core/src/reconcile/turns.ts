import type { Inbox } from '../inbox/inbox.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'
import { remember } from './remember.ts'

/**
 * True for one process at a time, when nobody polled for `everyMs`. The turn is taken for as long as the provider asks for
 * and a `fetch` may take: of a process that ends in the middle, another takes over soon.
 */
export async function takeTurn(inbox: Inbox, settings: ReconcileSettings): Promise<boolean> {
  const { name: receiver, task, minEveryMs, fetchTimeoutMs, now } = settings
  // Remembered for no time at all, which only asks.
  const isDue = () => remember(inbox, { receiver, what: ['polled', task], at: now(), forMs: 0 })
  const forMs = Math.max(minEveryMs, fetchTimeoutMs)
  const take = () => remember(inbox, { receiver, what: ['polling', task], at: now(), forMs })
  // Asked again: another may have polled, and its turn may have ended, between the two.
  return (await isDue()) && (await take()) && (await isDue())
}

/** Remembers that somebody polled, until `everyMs` after the start of that poll. */
export async function keepTurn(inbox: Inbox, settings: ReconcileSettings, startedAt: number): Promise<void> {
  const { name: receiver, task, everyMs, now } = settings
  const at = now()
  const forMs = startedAt + everyMs - at
  if (forMs > 0) await remember(inbox, { receiver, what: ['polled', task], at, forMs })
}
