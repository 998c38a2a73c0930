import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine } from './inbox-case.ts'
import {
  bytes,
  claim,
  event,
  headOf,
  KEY_MS,
  NONCE_MS,
  nonce,
  receipt,
  record,
  settle,
  startOne,
  T0,
} from './inbox-samples.ts'
import {
  comparable,
  countsOf,
  delivered,
  everything,
  keyOf,
  movedEvent,
  moveIn,
  moveOf,
  moveOut,
  NOTHING,
} from './inbox-samples-move.ts'

/** What moves, and what a store does with what it took over. */
export const moveCases: readonly InboxCase[] = [
  onEngine('hands over all that it took over, to the byte and the millisecond', async (engine) => {
    const rows = everything()
    expect(await moveIn(engine, moveOf(rows))).toEqual(countsOf(rows))
    const { move, rows: handedOver } = await moveOut(engine)
    expect(comparable(handedOver)).toEqual(comparable(rows))
    expect(move.counts).toEqual(countsOf(rows))
    expect(move.lastSeq).toEqual({ event: expect.any(Number), quarantine: expect.any(Number) })
    expect(Math.min(move.lastSeq.event, move.lastSeq.quarantine)).toBeGreaterThanOrEqual(1_000)
  }),

  onEngine('shows what it took over', async (engine) => {
    const { deliveries, quarantined } = everything()
    await moveIn(engine, moveOf({ ...NOTHING, deliveries, quarantined }))
    const expected = deliveries.flatMap(({ events, receivedAt, context }) =>
      events.map(({ unsigned, subject, purgeAt, ...fact }) => ({ ...fact, receivedAt, context })),
    )
    expect(await engine.events({ limit: 1_000 })).toEqual(expected.toSorted((a, b) => a.seq - b.seq))
    expect(await engine.quarantined({})).toMatchObject(quarantined.map(({ body, digest, ...row }) => row))
    expect(await engine.stats()).toMatchObject({ done: 2, dead: 1, running: 0, quarantined: 3 })
  }),

  onEngine('hands over what it recorded', async (engine) => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index)
    await record(engine, 'a', {
      body,
      nonce: nonce('n'),
      headers: { 'x-a': 'b' },
      events: [event('1'), event('2')],
    })
    await record(engine, 'no events', { events: [] })
    await record(engine, undefined, { receivedAt: T0 + 5, nonce: nonce('m') })
    await record(engine, 'bad', { quarantine: 'body-unusable', receivedAt: T0 + 6 })
    await record(engine, 'bad', { quarantine: 'body-too-deep', receivedAt: T0 + 7 })
    const { rows, move } = await moveOut(engine)
    expect(move.counts).toEqual(countsOf(rows))
    const [a, unkeyed] = rows.deliveries
    expect([rows.keys.length, rows.deliveries.length]).toEqual([2, 2])
    expect(rows.keys).toContainEqual({ ...keyOf('a', body), expiresAt: T0 + KEY_MS })
    expect(rows.nonces.toSorted((one) => (one.usedBy ? -1 : 1))).toEqual([
      { key: nonce('n').key, usedBy: keyOf('a').key, expiresAt: T0 + NONCE_MS },
      { key: nonce('m').key, usedBy: undefined, expiresAt: T0 + NONCE_MS },
    ])
    expect(a).toMatchObject({ receivedAt: T0, headers: { 'x-a': 'b' }, context: receipt('a').context })
    expect(Buffer.from(a?.body ?? [])).toEqual(Buffer.from(body))
    expect(a?.events.map(({ json }) => json)).toEqual([event('1').json, event('2').json])
    expect(unkeyed).toMatchObject({ receivedAt: T0 + 5, events: [{ dueAt: T0 + 5, state: 'waiting' }] })
    expect(rows.quarantined).toMatchObject([
      {
        ...{ reason: 'body-too-deep', firstAt: T0 + 6, lastAt: T0 + 7, count: 2 },
        digest: receipt('bad').digest,
      },
    ])
  }),

  onEngine('knows the deliveries and nonces that it took over until they expire', async (engine) => {
    const keys = [{ ...keyOf('a'), expiresAt: T0 + KEY_MS }]
    const nonces = [{ key: nonce('n').key, usedBy: keyOf('a').key, expiresAt: T0 + NONCE_MS }]
    await moveIn(engine, moveOf({ ...NOTHING, keys, nonces }))
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS - 1 })).toBe('duplicate')
    expect(await record(engine, 'a', { body: bytes('other') })).toBe('conflict')
    expect(await record(engine, 'b', { nonce: nonce('n'), receivedAt: T0 + NONCE_MS - 1 })).toBe(
      'nonce-reused',
    )
    expect(await record(engine, 'c', { nonce: nonce('n'), receivedAt: T0 + NONCE_MS })).toBe('recorded')
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS })).toBe('recorded')
  }),

  onEngine('starts the events that it took over when they are due, each once', async (engine) => {
    const events = [
      movedEvent(7, { attempts: 4, dueAt: T0 + 10 }),
      movedEvent(8, { attempts: 1, crashes: 1, dueAt: T0 + 10, unsigned: ['time'] }),
      movedEvent(9, { dueAt: T0 + 11 }),
    ]
    await moveIn(engine, moveOf({ ...NOTHING, deliveries: [{ ...delivered, events }] }))
    expect(await claim(engine, T0 + 9)).toEqual({ claims: [], nextDueAt: T0 + 10 })
    const { claims, nextDueAt } = await claim(engine, T0 + 10)
    expect(claims).toMatchObject([
      { seq: 7, attempt: 5, crashes: 0, json: movedEvent(7).json, context: delivered.context },
      { seq: 8, attempt: 2, crashes: 1, unsigned: ['time'] },
    ])
    expect(nextDueAt).toBe(T0 + 11)
    for (const { seq, attempt } of claims) await settle(engine, seq, 'done', { attempt, purgeAt: T0 })
    expect((await claim(engine, T0 + 1e9)).claims).toMatchObject([{ seq: 9 }])
  }),

  onEngine(
    'lets dead letters, handled events and quarantine that it took over be acted on',
    async (engine) => {
      const dead = { state: 'dead', attempts: 15, crashes: 2, error: 'Broken' } as const
      const events = [
        ...[movedEvent(5, dead), movedEvent(6, dead)],
        movedEvent(7, { state: 'done', attempts: 1, purgeAt: T0 + 100 }),
      ]
      const { quarantined } = everything()
      await moveIn(engine, moveOf({ ...NOTHING, deliveries: [{ ...delivered, events }], quarantined }))
      expect(await engine.retry([5, 7], T0)).toBe(1)
      expect((await claim(engine)).claims).toMatchObject([{ seq: 5, attempt: 1, crashes: 0 }])
      expect(await engine.discard({ events: [6], quarantined: [5] })).toBe(2)
      expect(await engine.purge(T0 + 99, 100)).toBe(0)
      expect(await engine.purge(T0 + 100, 100)).toBe(1)
      expect(await record(engine, 'a', { body: quarantined[1]?.body ?? bytes(''), redriven: 6 })).toBe(
        'recorded',
      )
      expect(await engine.quarantined({})).toMatchObject([{ seq: 7 }])
      expect((await engine.events({})).map(({ state }) => state)).toEqual(['running', 'waiting'])
    },
  ),

  onEngine('counts a delivery that comes again on top of what it took over in quarantine', async (engine) => {
    const [, row] = everything().quarantined
    await moveIn(engine, moveOf({ ...NOTHING, quarantined: row ? [row] : [] }))
    await record(engine, 'a', {
      body: row?.body ?? bytes(''),
      quarantine: 'body-not-json',
      receivedAt: T0 + 500,
    })
    expect(await engine.quarantined({})).toMatchObject([
      { seq: row?.seq, count: 3, firstAt: T0 + 1, lastAt: T0 + 500 },
    ])
  }),

  onEngine('gives numbers above all that the source gave, also to rows that are gone', async (engine) => {
    const deliveries = [{ ...delivered, events: [movedEvent(7)] }]
    await moveIn(engine, moveOf({ ...NOTHING, deliveries }, { lastSeq: { event: 40, quarantine: 90 } }))
    await record(engine, 'a')
    await record(engine, 'b', { quarantine: 'body-unusable' })
    const [, added] = await engine.events({})
    expect(added?.seq).toBeGreaterThan(40)
    expect((await engine.quarantined({}))[0]?.seq).toBeGreaterThan(90)
    const { move } = await moveOut(engine)
    expect(move.lastSeq.event).toBeGreaterThanOrEqual(added?.seq ?? 0)
  }),

  exclusive(
    onEngine('knows the heads that it took over', async (engine) => {
      const heads = [{ key: headOf('anna\0'), time: 9 }]
      await moveIn(engine, moveOf({ ...NOTHING, heads }))
      expect(await engine.head([headOf('anna\0')])).toBe(9)
      expect(await engine.head([headOf('anna\0', 'uip')])).toBeUndefined()
      const seq = await startOne(engine)
      await settle(engine, seq, 'done', { head: { key: headOf('anna\0'), time: 8 } })
      expect(await engine.head([headOf('anna\0')])).toBe(9)
    }),
  ),
]
