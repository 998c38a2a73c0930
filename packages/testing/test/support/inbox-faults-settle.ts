import { headOf } from '../../src/inbox-samples.ts'
import { type BrokenEngine, claims, late, settlements } from './inbox-broken-engine.ts'

/** Engines that settle or keep events wrongly. */
export const settleFaults: Readonly<Record<string, BrokenEngine>> = {
  'forgets that an event is done': {
    noticedBy: 'never starts an event again that is done',
    fault: settlements((settlement) =>
      settlement.result === 'done' ? { ...settlement, result: 'retry' } : settlement,
    ),
  },
  'retries at once': {
    noticedBy: 'starts a failed event again when its next attempt is due',
    fault: settlements((settlement) => ({ ...settlement, dueAt: settlement.at })),
  },
  'counts attempts that were given back': {
    noticedBy: 'does not count an attempt that was given back',
    fault: settlements((settlement) =>
      settlement.result === 'released' ? { ...settlement, result: 'retry' } : settlement,
    ),
  },
  'retries dead letters by itself': {
    noticedBy: 'leaves a dead letter alone until it is retried, then gives it a fresh set of attempts',
    fault: settlements((settlement) =>
      settlement.result === 'dead' ? { ...settlement, result: 'retry' } : settlement,
    ),
  },
  'retries whatever it is told to': {
    noticedBy: 'retries dead letters alone',
    fault: (good) => ({
      async retry(seqs, now) {
        await good.retry(seqs, now)
        return seqs.length
      },
    }),
  },
  ...Object.fromEntries(
    (['done', 'retry', 'dead', 'released'] as const).map((result) => [
      `applies late settlements: ${result}`,
      {
        noticedBy: `changes nothing by a late settlement: ${result}`,
        fault: late((settlement, { state }) => state === 'running' && settlement.result === result),
      },
    ]),
  ),
  'applies settlements across a crash': {
    noticedBy: 'changes nothing by a settlement of an attempt that a crash was counted for',
    fault: late((_, { crashes }) => crashes > 0),
  },
  'applies settlements of attempts to come': {
    noticedBy: 'changes nothing by a settlement of an attempt not started, or of no event',
    fault: late((settlement, { attempts }) => settlement.attempt > attempts),
  },
  'applies the last of several settlements': {
    noticedBy: 'applies one of two settlements of the same attempt',
    fault: (good) => ({ commit: (receipts, given) => good.commit(receipts, given.toReversed()) }),
  },
  'keeps one head for all receivers': {
    noticedBy: 'keeps the latest head of a receiver and subject',
    fault: (good) => ({
      head: (keys) => good.head([...keys, headOf('anna', 'uip'), headOf('anna')]),
    }),
  },
  'takes heads from late settlements': {
    noticedBy: 'takes no head from a late settlement',
    fault: late((settlement) => settlement.head !== undefined),
  },
  'purges a moment too early': {
    noticedBy: 'purges keys and nonces when they expire, and not a millisecond before',
    fault: (good) => ({ purge: (now, limit) => good.purge(now + 1, limit) }),
  },
  'purges what was never handled': {
    noticedBy: 'purges handled events from their time on, and no others',
    fault: settlements((settlement) =>
      settlement.result === 'dead' ? { ...settlement, result: 'done', purgeAt: 0 } : settlement,
    ),
  },
  'purges more than asked': {
    noticedBy: 'purges no more than asked',
    fault: (good) => ({ purge: (now) => good.purge(now, 1_000) }),
  },
  'drops a delivery with its first event': {
    noticedBy: 'keeps a delivery while one of its events needs it',
    fault: (good) => {
      let purged = 0
      return {
        async purge(now, limit) {
          purged += await good.purge(now, limit)
          return purged
        },
        ...claims((claims) =>
          purged > 0 ? claims.map((claim) => ({ ...claim, context: { receivedAt: '' } })) : claims,
        )(good),
      }
    },
  },
  'uses numbers of purged events again': {
    noticedBy: 'never gives the number of a purged event to another',
    fault: (good) => ({
      ...claims((claims) => claims.map((claim) => ({ ...claim, seq: 1 })))(good),
      commit: (receipts, given) => good.commit(receipts, given),
    }),
  },
  'deletes the next row for one that is gone': {
    noticedBy: 'never gives the number of a quarantined delivery to another',
    fault: (good) => ({
      async commit(receipts, given) {
        const [first] = await good.quarantined({ limit: 1 })
        return good.commit(
          receipts.map((receipt) =>
            receipt.redriven && first ? { ...receipt, redriven: first.seq } : receipt,
          ),
          given,
        )
      },
    }),
  },
  'counts suspects twice': {
    noticedBy: 'counts what it holds',
    fault: (good) => ({
      async stats() {
        const stats = await good.stats()
        return { ...stats, waiting: stats.waiting + stats.running }
      },
    }),
  },
  'gives events without a limit': {
    noticedBy: 'gives events oldest first, by pages, receivers and states',
    fault: (good) => ({ events: (query) => good.events({ limit: 1_000, ...query }) }),
  },
  'ends strings at a NUL': {
    noticedBy: 'takes any string for a receiver, a type or an error',
    fault: (good) => ({
      acquire: (receiver, now) => good.acquire(receiver.split('\0')[0] ?? '', now),
    }),
  },
}
