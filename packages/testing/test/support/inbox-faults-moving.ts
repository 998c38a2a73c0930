import { randomUUID } from 'node:crypto'
import {
  type Departure,
  type InboxEngine,
  KycWebhookError,
  type Movable,
  type Move,
  type MovedRows,
} from '@kyc-webhooks/core'
import { moveOf, NOTHING } from '../../src/inbox-samples-move.ts'
import type { BrokenEngine } from './inbox-broken-engine.ts'

/** Engines that are open when they must not be, or closed. */
export const movingFaults: Readonly<Record<string, BrokenEngine>> = {
  'goes on when it was handed over': {
    noticedBy: 'is closed for good when it was handed over, and says where it went',
    fault: (good) => ({ handOver: (to, take) => handOverOpen(good, to, take) }),
  },
  'closes for itself alone': {
    noticedBy: 'is closed to other engines when it was handed over, to those on it and those to come',
    fault: (good) => {
      let departure: Departure | undefined
      return {
        async handOver(to, take) {
          departure = await handOverOpen(good, to, take)
          return departure
        },
        async commit(receipts, settlements) {
          if (departure) throw new KycWebhookError('inbox-moved', departure.to)
          return good.commit(receipts, settlements)
        },
      }
    },
  },
  'hands over a copy': {
    noticedBy: 'records nothing while it is handed over',
    fault: (good) => ({ handOver: (to, take) => handOverCopy(good, to, take) }),
  },
  'loses what comes while it is handed over': {
    noticedBy: 'hands over what was acknowledged, however deliveries race with it',
    fault: (good) => ({ handOver: (to, take) => handOverCopy(good, to, take) }),
  },
  'closes though nobody took it over': {
    noticedBy: 'is as it was when nobody takes it over',
    fault: (good) => ({
      async handOver(to, take) {
        const failures: unknown[] = []
        const departure = await good.handOver(to, (move) =>
          take(move).catch((error) => void failures.push(error)),
        )
        for (const failure of failures) throw failure
        return departure
      },
    }),
  },
  'is another source at each try': {
    noticedBy: 'is the same source at each try, and no try is the same',
    fault: (good) => ({
      handOver: (to, take) => good.handOver(to, (move) => take({ ...move, origin: randomUUID() })),
    }),
  },
  'forgets where it went': {
    noticedBy: 'tells where it went when it is to be handed over again',
    fault: (good) => ({
      handOver: async (to, take) => ({ ...(await good.handOver(to, take)), to }),
    }),
  },
  'takes a store without events for an empty one': {
    noticedBy: 'takes nothing over when there is something in it',
    fault: (good) => ({
      async takeOver(move) {
        await good.purge(1e15, 1_000)
        return good.takeOver(move)
      },
    }),
  },
  'takes over step by step': {
    noticedBy: 'takes over all of a move or, when it fails, nothing',
    fault: (good) => ({
      async takeOver({ rows, ...move }) {
        const failures: unknown[] = []
        await good.takeOver({ ...move, rows: untilFailure(rows, failures) })
        for (const failure of failures) throw failure
      },
    }),
  },
  'is open as soon as it took over': {
    noticedBy: 'is closed from when it took over until it is moved into',
    fault: (good) => ({
      async takeOver(move) {
        await good.takeOver(move)
        await good.moveIn({ id: move.id, to: 'here' })
      },
    }),
  },
  'never takes over a second time': {
    noticedBy: 'takes over anew what an earlier try of the same source has left',
    fault: (good) => ({ takeOver: (move) => good.takeOver({ ...move, origin: randomUUID() }) }),
  },
  'takes one source for the other': {
    noticedBy: 'keeps what a try of another source has left, and what is open',
    fault: (good) => ({ takeOver: (move) => good.takeOver({ ...move, origin: 'of all' }) }),
  },
  'is handed over whoever runs its events': {
    noticedBy: 'is not handed over while another engine runs events',
    fault: (good) => ({
      async handOver(to, take) {
        try {
          return await good.handOver(to, take)
        } catch {
          const { id, ...move } = moveOf(NOTHING)
          await take({ id, ...move })
          return { id, to }
        }
      },
    }),
  },
}

const NOT_CLOSED = new Error('it stays open')

/** Hands over and stays open. */
async function handOverOpen(
  good: InboxEngine,
  ...[to, take]: Parameters<Movable['handOver']>
): Promise<Departure> {
  const departures: Departure[] = []
  const taking = good.handOver(to, async (move) => {
    await take(move)
    departures.push({ id: move.id, to })
    throw NOT_CLOSED
  })
  await taking.catch((error) => {
    if (error !== NOT_CLOSED) throw error
  })
  return departures[0] ?? { id: 'none', to }
}

/** Reads first, hands over what it has read, and closes then. */
async function handOverCopy(
  good: InboxEngine,
  ...[to, take]: Parameters<Movable['handOver']>
): Promise<Departure> {
  const copied: MovedRows[] = []
  const moves: Move[] = []
  await handOverOpen(good, to, async (move) => {
    for await (const rows of move.rows) copied.push(rows)
    moves.push(move)
  })
  for (const move of moves) await take({ ...move, rows: each(copied) })
  await new Promise((resolve) => setTimeout(resolve, 20))
  return good.handOver(to, async () => {})
}

async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all
}

async function* untilFailure(rows: AsyncIterable<MovedRows>, failures: unknown[]): AsyncGenerator<MovedRows> {
  try {
    yield* rows
  } catch (error) {
    failures.push(error)
  }
}
