import type { Receipt } from '@kyc-webhooks/core'
import { T0 } from '../../src/inbox-samples.ts'
import { type BrokenEngine, claims } from './inbox-broken-engine.ts'

/** Engines that discard wrongly. */
export const discardFaults: Readonly<Record<string, BrokenEngine>> = {
  'discards events that are not dead': {
    noticedBy: 'discards dead letters alone',
    fault: (good) => ({
      async discard(request) {
        const running = await good.events({ state: 'running' })
        const named = running.filter(({ seq }) => request.events?.includes(seq))
        await good.commit(
          [],
          named.map(({ seq, attempts }) => ({ seq, attempt: attempts, result: 'dead', at: T0 })),
        )
        return good.discard(request)
      },
    }),
  },
  'counts whatever it is told to discard': {
    noticedBy: 'discards quarantined deliveries by number',
    fault: (good) => ({
      async discard(request) {
        await good.discard(request)
        return (request.events?.length ?? 0) + (request.quarantined?.length ?? 0)
      },
    }),
  },
  'takes the number of an event for that of a quarantined delivery': {
    noticedBy: 'discards quarantined deliveries by number',
    fault: (good) => ({
      discard: ({ events = [], quarantined = [] }) =>
        good.discard({ events, quarantined: [...events, ...quarantined] }),
    }),
  },
  'discards events or quarantined deliveries': {
    noticedBy: 'discards events and quarantined deliveries together',
    fault: (good) => ({
      discard: ({ events, quarantined = [] }) => good.discard(events ? { events } : { quarantined }),
    }),
  },
  'discards in two steps': {
    noticedBy: 'discards all that it is asked to or, when it fails, nothing',
    fault: (good) => ({
      async discard(request) {
        const letters = await good.discard({ events: request.events ?? [] })
        return letters + (await good.discard({ quarantined: request.quarantined ?? [] }))
      },
    }),
  },
  'forgets keys and nonces of what it discards': {
    noticedBy: 'remembers key and nonce of a discarded dead letter',
    fault: (good) => ({
      async discard(request) {
        await good.purge(T0 + 1e12, 1_000)
        return good.discard(request)
      },
    }),
  },
  'drops a delivery with its discarded event': {
    noticedBy: 'keeps the delivery of a discarded dead letter while an event needs it',
    fault: (good) => {
      let discarded = 0
      return {
        async discard(request) {
          discarded += await good.discard(request)
          return discarded
        },
        ...claims((claims) =>
          discarded > 0 ? claims.map((claim) => ({ ...claim, context: { receivedAt: '' } })) : claims,
        )(good),
      }
    },
  },
  'hides what it is told to discard': {
    noticedBy: 'takes a discarded quarantined delivery for a new one when it comes again',
    fault: (good) => {
      const hidden = new Set<number>()
      return {
        async discard({ quarantined = [] }) {
          for (const seq of quarantined) hidden.add(seq)
          return quarantined.length
        },
        commit(receipts, settlements) {
          hidden.clear()
          return good.commit(receipts, settlements)
        },
        quarantined: async (query) => (await good.quarantined(query)).filter(({ seq }) => !hidden.has(seq)),
      }
    },
  },
  'leaves the bytes of what it discards behind': {
    noticedBy: 'leaves nothing of what it discarded in the store',
    fault: (good) => {
      const kept: Receipt[] = []
      return {
        commit(receipts, settlements) {
          kept.push(...receipts.filter(({ quarantine }) => quarantine === undefined))
          return good.commit(receipts, settlements)
        },
        async discard(request) {
          const discarded = await good.discard(request)
          const bytes = { key: undefined, events: [], headers: {}, quarantine: 'body-unusable' } as const
          await good.commit(
            kept.map((receipt) => ({ ...receipt, ...bytes })),
            [],
          )
          return discarded
        },
      }
    },
  },
}
