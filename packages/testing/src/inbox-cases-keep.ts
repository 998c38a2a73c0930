import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import {
  bytes,
  claim,
  event,
  HOSTILE_STRINGS,
  KEY_MS,
  NONCE_MS,
  nonce,
  record,
  settle,
  startOne,
  T0,
} from './inbox-samples.ts'

/** What is kept, for how long, and how it is looked at. */
export const keepCases: readonly InboxCase[] = [
  onEngine('purges keys and nonces when they expire, and not a millisecond before', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n'), events: [] })
    expect(await engine.purge(T0 + NONCE_MS - 1, 100)).toBe(0)
    expect(await record(engine, 'b', { nonce: nonce('n') })).toBe('nonce-reused')
    expect(await engine.purge(T0 + NONCE_MS, 100)).toBe(1)
    expect(await engine.purge(T0 + KEY_MS - 1, 100)).toBe(0)
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS - 1 })).toBe('duplicate')
    expect(await engine.purge(T0 + KEY_MS, 100)).toBe(1)
    expect(await engine.purge(T0 + KEY_MS, 100)).toBe(0)
  }),

  onEngine('purges handled events from their time on, and no others', async (engine) => {
    const done = await startOne(engine, 'done')
    await settle(engine, done, 'done', { purgeAt: T0 + 100 })
    const dead = await startOne(engine, 'dead')
    await settle(engine, dead, 'dead')
    await startOne(engine, 'running')
    await record(engine, 'waiting')
    expect(await engine.purge(T0 + 99, 100)).toBe(0)
    expect(await engine.purge(T0 + 100, 100)).toBe(1)
    await engine.purge(T0 + 10 * KEY_MS, 100)
    expect((await engine.events({})).map(({ state }) => state)).toEqual(['dead', 'running', 'waiting'])
  }),

  onEngine('purges no more than asked', async (engine) => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await record(engine, id, { nonce: nonce(id) })
    for (const { seq } of (await claim(engine)).claims) await settle(engine, seq, 'done', { purgeAt: T0 })
    const counts: number[] = []
    do counts.push(await engine.purge(T0 + KEY_MS, 4))
    while (counts.at(-1) !== 0 && counts.length < 9)
    expect(counts).toEqual([4, 4, 4, 3, 0])
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('keeps a delivery while one of its events needs it', async (engine) => {
    const context = { id: 'a', receivedAt: '2026-01-01T00:00:00.000Z', attempt: 7 }
    await record(engine, 'a', { context, events: [event('1'), event('2')] })
    const [first] = (await claim(engine, T0, 1)).claims
    await settle(engine, first?.seq ?? 0, 'done', { purgeAt: T0 })
    expect(await engine.purge(T0, 100)).toBe(1)
    const [second] = (await claim(engine, T0, 1)).claims
    expect(second).toMatchObject({ context, json: event('2').json })
    await settle(engine, second?.seq ?? 0, 'done', { purgeAt: T0 })
    expect(await engine.purge(T0, 100)).toBe(1)
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('never gives the number of a purged event to another', async (engine) => {
    const purged = await startOne(engine, 'a')
    await settle(engine, purged, 'done', { purgeAt: T0 })
    await engine.purge(T0, 100)
    const next = await startOne(engine, 'b')
    expect(next).toBeGreaterThan(purged)
    await settle(engine, purged, 'dead')
    expect(await engine.events({})).toMatchObject([{ seq: next, state: 'running' }])
  }),

  onEngine('never gives the number of a quarantined delivery to another', async (engine) => {
    await record(engine, 'a', { quarantine: 'body-unusable' })
    const [first] = await engine.quarantined({})
    const redriven = first?.seq ?? 0
    await record(engine, 'a', { redriven })
    await record(engine, 'b', { quarantine: 'body-unusable' })
    await record(engine, 'a', { redriven })
    expect(await engine.quarantined({})).toMatchObject([{ context: { id: 'b' } }])
  }),

  onEngine('counts what it holds', async (engine) => {
    const empty = { waiting: 0, running: 0, done: 0, dead: 0, quarantined: 0, oldestUnhandledAt: undefined }
    expect(await engine.stats()).toEqual(empty)
    const done = await startOne(engine, 'done')
    await settle(engine, done, 'done')
    const dead = await startOne(engine, 'dead')
    await settle(engine, dead, 'dead')
    await record(engine, 'bad', { quarantine: 'body-unusable' })
    expect(await engine.stats()).toEqual({ ...empty, done: 1, dead: 1, quarantined: 1 })
    await record(engine, 'running', { receivedAt: T0 + 10 })
    await record(engine, 'waiting', { receivedAt: T0 + 20, events: [event('1'), event('2')] })
    await claim(engine, T0 + 10)
    expect(await engine.stats()).toEqual({
      waiting: 2,
      running: 1,
      done: 1,
      dead: 1,
      quarantined: 1,
      oldestUnhandledAt: T0 + 10,
    })
  }),

  onEngine('gives events oldest first, by pages, receivers and states', async (engine) => {
    const ids = Array.from({ length: 120 }, (_, index) => `${index}`)
    for (const id of ids) await record(engine, id, { receiver: id === '5' ? 'uip' : 'press' })
    const given = async (query: Parameters<typeof engine.events>[0]) =>
      (await engine.events(query)).map(({ context }) => context.id)
    expect(await given({})).toEqual(ids.slice(0, 100))
    const [, , third] = await engine.events({})
    expect(await given({ after: third?.seq ?? 0, limit: 2 })).toEqual(['3', '4'])
    expect(await given({ receiver: 'uip' })).toEqual(['5'])
    expect(await given({ limit: 200 })).toEqual(ids)
    await claim(engine, T0, 3)
    expect(await given({ state: 'running' })).toEqual(['0', '1', '2'])
    expect(await given({ state: 'waiting', limit: 2 })).toEqual(['3', '4'])
    expect(await given({ state: 'waiting', receiver: 'uip' })).toEqual(['5'])
    expect(await given({ state: 'running', after: third?.seq ?? 0 })).toEqual([])
    expect(await given({ state: 'dead' })).toEqual([])
  }),

  onEngine('takes any string for a receiver, a type or an error', async (engine) => {
    for (const odd of HOSTILE_STRINGS) {
      await record(engine, 'event', {
        receiver: odd,
        events: [{ type: odd, json: JSON.stringify(odd), unsigned: [odd] }],
      })
      await record(engine, 'bad', { receiver: odd, quarantine: 'body-unusable', body: bytes(odd) })
    }
    for (const odd of HOSTILE_STRINGS) {
      expect(await engine.events({ receiver: odd })).toMatchObject([
        { receiver: odd, type: odd, state: 'waiting' },
      ])
      expect(await engine.quarantined({ receiver: odd })).toMatchObject([{ receiver: odd }])
      expect(await engine.acquire(odd, T0)).toBe(true)
      const { claims } = await engine.claim({ receiver: odd, now: T0, limit: 9, suspects: true })
      expect(claims).toMatchObject([{ json: JSON.stringify(odd), unsigned: [odd] }])
      const seq = claims[0]?.seq ?? 0
      await settle(engine, seq, 'dead', { error: odd })
      expect(await engine.events({ receiver: odd })).toMatchObject([{ state: 'dead', error: odd }])
      await engine.release(odd)
    }
  }),
]
