import type { Inbox } from '../inbox/inbox.ts'

/**
 * Something of its own for each inbox of this process. Of a durable store there may be several handles (`sqliteInbox` gives
 * each caller one), so its name tells which it is; two with one name are taken for one.
 */
export function perInbox<T>(make: () => T): (inbox: Inbox) => T {
  const byName = new Map<string, T>()
  const byInbox = new WeakMap<Inbox, T>()
  return (inbox) => {
    const own = (inbox.durable ? byName.get(inbox.name) : byInbox.get(inbox)) ?? make()
    if (inbox.durable) byName.set(inbox.name, own)
    else byInbox.set(inbox, own)
    return own
  }
}
