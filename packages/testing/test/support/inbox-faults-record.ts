import type { Outcome } from '@kyc-webhooks/core'
import { type BrokenEngine, receipts } from './inbox-broken-engine.ts'

/** Engines that record wrongly. */
export const recordFaults: Readonly<Record<string, BrokenEngine>> = {
  'checks, then writes': {
    noticedBy: 'records a delivery once when commits overlap',
    fault: (good) => {
      const known = new Set<string>()
      return {
        async commit(receipts, settlements) {
          const [receipt] = receipts
          if (receipt?.key === undefined) return good.commit(receipts, settlements)
          if (known.has(receipt.key)) return good.commit(receipts, settlements)
          await new Promise(setImmediate)
          known.add(receipt.key)
          return good.commit([{ ...receipt, key: undefined }, ...receipts.slice(1)], settlements)
        },
      }
    },
  },
  'commits receipt by receipt': {
    noticedBy: 'commits all of a batch or none of it',
    fault: (good) => ({
      async commit(receipts, settlements) {
        await good.commit([], settlements)
        const outcomes: Outcome[] = []
        for (const receipt of receipts) outcomes.push(...(await good.commit([receipt], [])))
        return outcomes
      },
    }),
  },
  'gives outcomes out of order': {
    noticedBy: 'gives an outcome for each receipt, in order',
    fault: (good) => ({ commit: async (...args) => (await good.commit(...args)).toSorted() }),
  },
  'gives an outcome too many': {
    noticedBy: 'resolves an empty commit to no outcomes',
    fault: (good) => ({ commit: async (...args) => [...(await good.commit(...args)), 'recorded' as const] }),
  },
  'answers duplicate for a conflict': {
    noticedBy: 'keeps a conflict as evidence and leaves the first delivery alone',
    fault: (good) => ({
      commit: async (...args) =>
        (await good.commit(...args)).map((outcome) => (outcome === 'conflict' ? 'duplicate' : outcome)),
    }),
  },
  'de-duplicates by content': {
    noticedBy: 'never de-duplicates a delivery without a key',
    fault: receipts((receipt) => ({ ...receipt, key: receipt.key ?? receipt.digest.slice(32) })),
  },
  'forgets deliveries without events': {
    noticedBy: 'knows a delivery that brought no events',
    fault: receipts((receipt) =>
      receipt.events.length === 0 && !receipt.quarantine ? { ...receipt, key: undefined } : receipt,
    ),
  },
  'records the first event alone': {
    noticedBy: 'records every event of a delivery, in order',
    fault: receipts((receipt) => ({ ...receipt, events: receipt.events.slice(0, 1) })),
  },
  'drops settlements that come with receipts': {
    noticedBy: 'applies receipts and settlements of one commit',
    fault: (good) => ({
      commit: (given, settlements) => good.commit(given, given.length > 0 ? [] : settlements),
    }),
  },
  'remembers keys a moment too short': {
    noticedBy: 'remembers a key until it expires, and not from then on',
    fault: receipts((receipt) => ({ ...receipt, keyExpiresAt: receipt.keyExpiresAt - 1 })),
  },
  'remembers keys a moment too long': {
    noticedBy: 'remembers a key until it expires, and not from then on',
    fault: receipts((receipt) => ({ ...receipt, keyExpiresAt: receipt.keyExpiresAt + 1 })),
  },
  'forgets a key with its event': {
    noticedBy: 'remembers a key when its event is settled and purged',
    fault: (good) => ({ purge: (now) => good.purge(now + 1e12, 1_000) }),
  },
  'loses the unsigned attributes': {
    noticedBy: 'keeps events as they came',
    fault: (good) => ({
      async claim(request) {
        const { claims, nextDueAt } = await good.claim(request)
        return { nextDueAt, claims: claims.map((claim) => ({ ...claim, unsigned: [] })) }
      },
    }),
  },
}
