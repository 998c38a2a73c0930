import type { InboxStore, StoreHealth } from './port.ts'

/** How the handling of events keeps up, as far as the counts tell: for stores that look at no clock of their own. */
export async function healthByStats(
  store: Pick<InboxStore, 'stats' | 'unhandled'>,
  now: () => number,
): Promise<StoreHealth> {
  const { waiting, running, dead, oldestUnhandledAt } = await (store.unhandled?.() ?? store.stats())
  const at = now()
  return { lagMs: Math.max(0, at - (oldestUnhandledAt ?? at)), depth: waiting + running, deadLetters: dead }
}
