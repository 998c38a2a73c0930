import type { EraseRequest, InboxEngine, Receipt } from '@kyc-webhooks/core'
import { headOf } from '../../src/inbox-samples.ts'
import { type BrokenEngine, type Fault, receipts } from './inbox-broken-engine.ts'

/** Engines that erase wrongly. */
export const eraseFaults: Readonly<Record<string, BrokenEngine>> = {
  'erases what waits without being told to': {
    noticedBy: 'erases events of a subject that are over, and says which are not',
    fault: erasing((request) => ({ ...request, waiting: true })),
  },
  'never erases what waits': {
    noticedBy: 'erases events that wait when it is told to',
    fault: erasing(({ waiting: _, ...request }) => request),
  },
  'erases of every receiver': {
    noticedBy: 'erases events of one receiver when it is told to',
    fault: erasing(({ receiver: _, ...request }) => request),
  },
  'forgets the keys of what it erases': {
    noticedBy: 'remembers key and nonce of an event that it erased',
    fault: (good) => ({
      async erase(request) {
        await good.purge(Number.MAX_SAFE_INTEGER, 1_000)
        return good.erase(request)
      },
    }),
  },
  'leaves the bytes of a delivery that another event needs': {
    noticedBy: 'erases the bytes of a delivery and leaves the other events in it',
    fault: (good) => ({
      async deliveries(query) {
        const rows = await good.deliveries(query)
        return rows.map((row) => ({ ...row, body: row.body.length > 0 ? row.body : new Uint8Array(1) }))
      },
    }),
  },
  'erases no quarantined deliveries': {
    noticedBy: 'erases quarantined deliveries by number',
    fault: erasing(({ quarantined: _, ...request }) => request),
  },
  'erases the heads of everybody': {
    noticedBy: 'erases heads by key',
    fault: erasing(({ heads = [], ...request }) => ({ ...request, heads: [...heads, headOf('ben')] })),
  },
  'takes what nobody has looked at for what is about nobody': {
    noticedBy: 'finds events whose subject nobody has looked for, and erases them when somebody has',
    fault: (good) => ({
      deliveries: async (query) => (query.unlooked ? [] : good.deliveries(query)),
    }),
  },
  'leaves the bytes of what it erases behind': {
    noticedBy: 'leaves nothing of what it erased in the store',
    fault: (good) => {
      const kept: Receipt[] = []
      return {
        commit(given, settlements) {
          kept.push(...given)
          return good.commit(given, settlements)
        },
        async erase(request) {
          const erased = await good.erase(request)
          const bytes = { key: undefined, events: [], headers: {}, quarantine: 'body-unusable' } as const
          await good.commit(
            kept.map((receipt) => ({ ...receipt, ...bytes })),
            [],
          )
          return erased
        },
      }
    },
  },
}

/** Engines that keep and change what is sealed wrongly. */
export const guardFaults: Readonly<Record<string, BrokenEngine>> = {
  'replaces whatever seal is there': {
    noticedBy: 'keeps one seal, and replaces the one that is there alone',
    fault: (good) => ({ setSeal: async (_, seal) => good.setSeal(await good.seal(), seal) }),
  },
  'takes no seal over': {
    noticedBy: 'hands its seal over, and takes over that of its source or none',
    fault: (good) => ({ takeOver: ({ seal: _, ...move }) => good.takeOver(move) }),
  },
  'keeps its own seal on a move': {
    noticedBy: 'takes over that its source had no seal',
    fault: (good) => ({
      takeOver: async (move) => good.takeOver({ ...move, seal: move.seal ?? (await good.seal()) }),
    }),
  },
  'changes deliveries without their events': {
    noticedBy: 'shows deliveries as they are stored, and puts them in another form',
    fault: (good) => ({
      rewrite: ({ deliveries = [], ...rows }) =>
        good.rewrite({ ...rows, deliveries: deliveries.map((row) => ({ ...row, events: [] })) }),
    }),
  },
  'changes no digests': {
    noticedBy: 'puts quarantined deliveries in another form, and those that came again are the same',
    fault: (good) => ({
      async rewrite({ quarantined = [], ...rows }) {
        const known = await good.quarantined({})
        const digestOf = (seq: number) => known.find((row) => row.seq === seq)?.digest ?? ''
        const own = quarantined.map((row) => ({ ...row, digest: digestOf(row.seq) }))
        return good.rewrite({ ...rows, quarantined: own })
      },
    }),
  },
  'puts other keys beside the old ones': {
    noticedBy: 'puts keys in the place of others, remembered as long',
    fault: receipts((receipt) => ({ ...receipt, keyExpiresAt: receipt.keyExpiresAt + 1e9 })),
  },
  'puts the earlier of two heads': {
    noticedBy: 'puts heads in the place of others, and of two the later counts',
    fault: (good) => ({
      async rehash(kind, hashes) {
        if (kind === 'head') await good.erase({ subjects: [], heads: hashes.map(({ from }) => from) })
        return good.rehash(kind, hashes)
      },
    }),
  },
}

function erasing(change: (request: EraseRequest) => EraseRequest): Fault {
  return (good: InboxEngine) => ({ erase: (request) => good.erase(change(request)) })
}
