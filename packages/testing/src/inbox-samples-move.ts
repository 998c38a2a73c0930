import { createHash, randomUUID } from 'node:crypto'
import type {
  Departure,
  Movable,
  Move,
  MoveCounts,
  MovedDelivery,
  MovedEvent,
  MovedRows,
} from '@kyc-webhooks/core'
import { bytes, HOSTILE_STRINGS, KEY_MS, NONCE_MS, receipt, T0 } from './inbox-samples.ts'

/** Of every kind all rows that there are. */
export type AllRows = Required<MovedRows>

const hex = (name: string, length: number): string =>
  createHash('sha256').update(name).digest('hex').slice(0, length)

/** Every byte there is, several times, and beyond what a page of a database holds. */
const LARGE: Uint8Array = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256)

/** Texts that are easily changed on their way, in every place that takes one: as JSON, lone surrogates are escapes. */
const ODD = { nul: 'a\0b', lone: '\ud800 \udc00', pair: '\u{1f600}', quote: `"'\\` }

export function movedEvent(seq: number, changes: Partial<MovedEvent> = {}): MovedEvent {
  return {
    ...{ seq, receiver: 'press', type: 'kyc.completed', json: JSON.stringify({ name: `event ${seq}` }) },
    ...{ unsigned: [], state: 'waiting', dueAt: T0, attempts: 0, crashes: 0 },
    ...{ error: undefined, purgeAt: undefined },
    ...changes,
  }
}

/** Of small rows more than any engine moves at once. */
const MANY = Array.from({ length: 2_500 }, (_, index) => `${index}`)
const SMALL: Pick<AllRows, 'keys' | 'nonces' | 'heads'> = {
  keys: MANY.map((name, index) => ({
    ...{ key: hex(name, 32), digest: hex(`digest ${name}`, 64), expiresAt: T0 + KEY_MS + index },
  })),
  nonces: MANY.map((name, index) => ({
    ...{ key: hex(`nonce ${name}`, 32), usedBy: index % 2 ? hex(name, 32) : undefined },
    expiresAt: T0 + NONCE_MS + index,
  })),
  heads: MANY.map((name, index) => ({ key: hex(`subject ${name}`, 64), time: T0 * 1_000 + index })),
}

/** An inbox with everything in it that there can be. */
export function everything(): AllRows {
  const delivery = {
    receivedAt: T0 + 1,
    headers: { 'x-odd': JSON.stringify(ODD) },
    context: { receivedAt: 'then' },
  }
  const body = (text: string) => new TextEncoder().encode(text)
  const done = { state: 'done', attempts: 1 } as const
  return {
    ...SMALL,
    deliveries: [
      {
        ...delivery,
        body: LARGE,
        context: { id: ODD.lone, receivedAt: ODD.nul, attempt: 7 },
        events: [movedEvent(3)],
      },
      {
        ...delivery,
        body: body(''),
        headers: {},
        events: [movedEvent(4, { dueAt: T0 + 123_456_789 }), movedEvent(9, { subject: hex('anna', 32) })],
      },
      {
        ...{ ...delivery, body: body('one is left of two'), receivedAt: T0 + 999 },
        events: [
          movedEvent(12, { ...done, purgeAt: T0 + 77 }),
          movedEvent(13, { ...done, purgeAt: undefined, subject: '' }),
        ],
      },
      {
        ...{ ...delivery, body: body('dead') },
        events: [
          movedEvent(20, { state: 'dead', attempts: 15, error: 'timeout', json: JSON.stringify(ODD) }),
          movedEvent(21, {
            attempts: 3,
            error: ODD.nul,
            dueAt: T0 + 1,
            unsigned: ['subscriptionid', ODD.nul],
          }),
          movedEvent(22, { attempts: 2, crashes: 1 }),
        ],
      },
      ...HOSTILE_STRINGS.map((odd, index) => ({
        ...{ ...delivery, body: body(odd) },
        events: [movedEvent(100 + index, { receiver: odd, type: odd, error: odd, unsigned: [odd] })],
      })),
      ...Array.from({ length: 5 }, (_, index) => ({
        ...{ ...delivery, body: LARGE },
        events: [movedEvent(200 + index, { dueAt: T0 + 1e9 })],
      })),
    ],
    quarantined: [LARGE, body('{'), body(ODD.nul)].map((content, index) => ({
      ...{ seq: 5 + index, receiver: 'press', digest: createHash('sha256').update(content).digest('hex') },
      ...{ reason: 'body-not-json', firstAt: T0 + index, lastAt: T0 + 10 * index, count: index + 1 },
      ...{ body: content, headers: delivery.headers, context: { receivedAt: 'then' } },
    })),
  }
}

export const NOTHING: AllRows = { keys: [], nonces: [], heads: [], deliveries: [], quarantined: [] }

/** The rows on their way, one kind after the other. */
export function moveOf(rows: AllRows, changes: Partial<Move> = {}): Move {
  const inSteps = async function* () {
    for (const [kind, all] of Object.entries(rows)) {
      for (let from = 0; from < all.length; from += 1_000) yield { [kind]: all.slice(from, from + 1_000) }
    }
  }
  return {
    ...{ id: randomUUID(), origin: randomUUID(), from: 'a sample' },
    lastSeq: { event: 1_000, quarantine: 2_000 },
    counts: countsOf(rows),
    rows: inSteps(),
    ...changes,
  }
}

export function countsOf({ keys, nonces, heads, deliveries, quarantined }: AllRows): MoveCounts {
  return {
    ...{ keys: keys.length, nonces: nonces.length, heads: heads.length, quarantined: quarantined.length },
    ...{ deliveries: deliveries.length, events: deliveries.flatMap(({ events }) => events).length },
  }
}

/** Moves rows into a store, and moves in. */
export async function moveIn(store: Movable, move: Move): Promise<MoveCounts> {
  await store.takeOver(move)
  return store.moveIn({ id: move.id, to: 'here' })
}

/** Takes everything that a store hands over, which closes it. */
export async function moveOut(store: Movable): Promise<{ move: Move; rows: AllRows; departure: Departure }> {
  const taken: { move: Move; rows: AllRows }[] = []
  const departure = await store.handOver('a sample', async (move) => {
    const rows = structuredClone(NOTHING) as { [K in keyof AllRows]: AllRows[K][number][] }
    for await (const { keys = [], nonces = [], heads = [], deliveries = [], quarantined = [] } of move.rows) {
      rows.keys.push(...keys)
      rows.nonces.push(...nonces)
      rows.heads.push(...heads)
      rows.deliveries.push(...deliveries)
      rows.quarantined.push(...quarantined)
    }
    taken.push({ move, rows })
  })
  const [first] = taken
  if (first === undefined) throw new Error('nothing was handed over')
  return { ...first, departure }
}

/** Rows as they can be compared: in one order, and bodies by their digest. */
export function comparable({ keys, nonces, heads, deliveries, quarantined }: AllRows): object {
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  const short = <T extends { body: Uint8Array }>({ body, ...row }: T) => ({
    ...row,
    body: `${body.byteLength} ${createHash('sha256').update(body).digest('hex')}`,
  })
  const firstSeq = ({ events: [first] }: AllRows['deliveries'][number]) => first?.seq ?? 0
  return {
    keys: keys.toSorted(byKey),
    nonces: nonces.toSorted(byKey),
    heads: heads.toSorted(byKey),
    deliveries: deliveries.toSorted((a, b) => firstSeq(a) - firstSeq(b)).map(short),
    quarantined: quarantined.toSorted((a, b) => a.seq - b.seq).map(short),
  }
}

/** A delivery whose events are to be filled in. */
export const delivered: Omit<MovedDelivery, 'events'> = {
  ...{ receivedAt: T0, body: bytes('moved'), headers: {} },
  context: { id: 'moved', receivedAt: '2026-01-01T00:00:00.000Z' },
}

/** The key and the digest of a sample receipt. */
export function keyOf(id: string, body?: Uint8Array): { key: string; digest: string } {
  const { key = '', digest } = receipt(id, body === undefined ? {} : { body })
  return { key, digest }
}
