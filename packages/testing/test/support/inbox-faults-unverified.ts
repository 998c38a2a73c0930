import type { InboxEngine, UnverifiedBounds, UnverifiedDelivery } from '@kyc-webhooks/core'
import type { BrokenEngine, Fault } from './inbox-broken-engine.ts'

/** Engines that keep what is unverified wrongly. */
export const unverifiedFaults: Readonly<Record<string, BrokenEngine>> = {
  'keeps no headers of what is unverified': {
    noticedBy: 'keeps an unverified delivery as it came, to the byte, and by receiver',
    fault: keeping((deliveries) => deliveries.map((each) => ({ ...each, headers: {} }))),
  },
  'keeps what is unverified each time it comes': {
    noticedBy: 'keeps one row for each unverified delivery: the first',
    fault: keeping((deliveries) =>
      deliveries.map((each) => ({ ...each, digest: `${each.digest}${Math.random()}` })),
    ),
  },
  'bounds no number of what is unverified': {
    noticedBy: 'deletes the oldest unverified deliveries of the receiver beyond a number',
    fault: keeping(undefined, (bounds) => ({ ...bounds, max: 1_000 })),
  },
  'bounds no bytes of what is unverified': {
    noticedBy: 'deletes the oldest unverified deliveries of the receiver beyond so many bytes',
    fault: keeping(undefined, (bounds) => ({ ...bounds, maxBytes: 1e12 })),
  },
  'never purges what is unverified': {
    noticedBy: 'purges unverified deliveries that are too old, and counts them',
    fault: keeping((deliveries) => deliveries.map((each) => ({ ...each, expiresAt: 1e15 }))),
  },
  'discards no unverified deliveries': {
    noticedBy: 'discards unverified deliveries by number, and never hands one to anybody',
    fault: (good) => ({ discard: ({ unverified: _, ...request }) => good.discard(request) }),
  },
  'leaves unverified deliveries in the form that they have': {
    noticedBy: 'puts unverified deliveries in another form, and those that came again are the same',
    fault: (good) => ({ rewrite: ({ unverified: _, ...rows }) => good.rewrite(rows) }),
  },
  'keeps what is unverified after it was moved': {
    noticedBy: 'keeps nothing unverified once it was moved, and moves nothing of it',
    fault: (good) => ({
      keepUnverified: (...args) => good.keepUnverified(...args).catch(() => {}),
    }),
  },
}

function keeping(
  change: (deliveries: readonly UnverifiedDelivery[]) => readonly UnverifiedDelivery[] = (same) => same,
  bound: (bounds: UnverifiedBounds) => UnverifiedBounds = (same) => same,
): Fault {
  return (good: InboxEngine) => ({
    keepUnverified: (receiver, deliveries, bounds) =>
      good.keepUnverified(receiver, change(deliveries), bound(bounds)),
  })
}
