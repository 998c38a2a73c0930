import { ANY_DIGEST } from '@kyc-webhooks/core/engine'
import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import {
  brokenReceipt,
  bytes,
  claim,
  event,
  KEY_MS,
  receipt,
  record,
  settle,
  sorted,
  startOne,
  T0,
} from './inbox-samples.ts'

/** What becomes of receipts. */
export const recordCases: readonly InboxCase[] = [
  onEngine('records a delivery; the same again is a duplicate that writes nothing', async (engine) => {
    expect(await record(engine, 'a')).toBe('recorded')
    expect(await record(engine, 'a', { receivedAt: T0 + 1 })).toBe('duplicate')
    expect(await engine.events({})).toHaveLength(1)
    expect(await engine.quarantined({})).toEqual([])
  }),

  onEngine('gives an outcome for each receipt, in order', async (engine) => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    await engine.commit(sorted([receipt('a'), receipt('c'), receipt('e')]), [])
    const batch = sorted(
      ids.map((id) =>
        receipt(
          id,
          id === 'c' ? { body: bytes('other') } : id === 'h' ? { quarantine: 'body-unusable' } : {},
        ),
      ),
    )
    const outcomes = await engine.commit(batch, [])
    const byId = Object.fromEntries(batch.map(({ context }, index) => [context.id, outcomes[index]]))
    const [recorded, duplicate, conflict] = ['recorded', 'duplicate', 'conflict']
    expect(byId).toEqual({
      ...{ a: duplicate, b: recorded, c: conflict, d: recorded, e: duplicate, f: recorded, g: recorded },
      h: 'quarantined',
    })
  }),

  onEngine('resolves an empty commit to no outcomes', async (engine) => {
    expect(await engine.commit([], [])).toEqual([])
  }),

  onEngine('records every event of a delivery, in order', async (engine) => {
    await record(engine, 'a', { events: ['1', '2', '3'].map((name) => event(name)) })
    await record(engine, 'b', { events: [event('4', 'kyc.failed')] })
    const events = await engine.events({})
    expect(events.map(({ json }) => JSON.parse(json).name)).toEqual(['1', '2', '3', '4'])
    expect(events.map(({ type }) => type)).toEqual([
      'kyc.completed',
      'kyc.completed',
      'kyc.completed',
      'kyc.failed',
    ])
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b))
    expect(new Set(events.map(({ seq }) => seq)).size).toBe(4)
  }),

  onEngine('knows a delivery that brought no events', async (engine) => {
    expect(await record(engine, 'ping', { events: [] })).toBe('recorded')
    expect(await record(engine, 'ping', { events: [] })).toBe('duplicate')
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('never de-duplicates a delivery without a key', async (engine) => {
    expect(await engine.commit([receipt(undefined), receipt(undefined)], [])).toEqual([
      'recorded',
      'recorded',
    ])
    expect(await record(engine, undefined)).toBe('recorded')
    expect(await engine.events({})).toHaveLength(3)
  }),

  onEngine('keeps a conflict as evidence and leaves the first delivery alone', async (engine) => {
    await record(engine, 'a', { body: bytes('first') })
    expect(await record(engine, 'a', { body: bytes('second') })).toBe('conflict')
    expect(await record(engine, 'a', { body: bytes('first') })).toBe('duplicate')
    expect(await engine.events({})).toHaveLength(1)
    const [evidence, ...others] = await engine.quarantined({})
    expect(evidence).toMatchObject({ receiver: 'press', reason: 'delivery-conflict', count: 1 })
    expect(text(evidence?.body)).toBe('second')
    expect(others).toEqual([])
  }),

  onEngine(
    'takes what was polled for the delivery of the same key, whichever comes first',
    async (engine) => {
      const polled = { digest: ANY_DIGEST, body: bytes('polled') }
      await record(engine, 'pushed first')
      expect(await record(engine, 'pushed first', polled)).toBe('duplicate')
      expect(await record(engine, 'polled first', polled)).toBe('recorded')
      expect(await record(engine, 'polled first', polled)).toBe('duplicate')
      expect(await record(engine, 'polled first')).toBe('duplicate')
      expect(await record(engine, 'polled first', { body: bytes('other') })).toBe('duplicate')
      expect(await record(engine, 'pushed first', { body: bytes('other') })).toBe('conflict')
      expect(await engine.events({})).toHaveLength(2)
      expect(await engine.quarantined({})).toHaveLength(1)
    },
  ),

  onEngine('records a delivery once when commits overlap', async (engine) => {
    const commits = Array.from({ length: 20 }, () => record(engine, 'a'))
    const outcomes = await Promise.all(commits)
    expect(outcomes.toSorted()).toEqual([...Array(19).fill('duplicate'), 'recorded'])
    expect(await engine.events({})).toHaveLength(1)
  }),

  onEngine('commits all of a batch or none of it', async (engine) => {
    const seq = await startOne(engine, 'started')
    const batch = [
      ...sorted([receipt('good'), receipt('bad', { quarantine: 'body-not-json' })]),
      brokenReceipt('z'),
    ]
    await expect(engine.commit(batch, [{ seq, attempt: 1, result: 'done', at: T0 }])).rejects.toThrow()
    expect(await engine.events({ state: 'running' })).toHaveLength(1)
    expect(await engine.events({})).toHaveLength(1)
    expect(await engine.quarantined({})).toEqual([])
    expect(await record(engine, 'good')).toBe('recorded')
    await settle(engine, seq, 'done')
    expect(await engine.events({ state: 'done' })).toHaveLength(1)
  }),

  onEngine('applies receipts and settlements of one commit', async (engine) => {
    const seq = await startOne(engine)
    expect(await engine.commit([receipt('a')], [{ seq, attempt: 1, result: 'done', at: T0 }])).toEqual([
      'recorded',
    ])
    expect(await engine.stats()).toMatchObject({ waiting: 1, running: 0, done: 1 })
  }),

  onEngine('remembers a key until it expires, and not from then on', async (engine) => {
    await record(engine, 'a')
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS - 1 })).toBe('duplicate')
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS })).toBe('recorded')
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS + 1 })).toBe('duplicate')
  }),

  onEngine('remembers a key when its event is settled and purged', async (engine) => {
    const seq = await startOne(engine, 'a')
    await settle(engine, seq, 'done', { purgeAt: T0 })
    await engine.purge(T0, 100)
    expect(await engine.events({})).toEqual([])
    expect(await record(engine, 'a')).toBe('duplicate')
  }),

  onEngine('keeps events as they came', async (engine) => {
    const json = JSON.stringify({ big: '1998600000000026050', odd: '\u2028 \u0000 \ud800', quote: `'"` })
    const context = {
      id: 'a',
      receivedAt: '2026-01-01T00:00:00.000Z',
      attempt: 3,
      subscriptionId: 'sub',
      traceparent: '00-1-2-01',
    }
    await record(engine, 'a', { context, events: [{ type: 't', json, unsigned: ['time', 'subject'] }] })
    const { claims } = await claim(engine)
    expect(claims).toEqual([
      { seq: expect.any(Number), attempt: 1, crashes: 0, json, unsigned: ['time', 'subject'], context },
    ])
    expect(await engine.events({})).toEqual([
      {
        ...{
          seq: claims[0]?.seq,
          receiver: 'press',
          state: 'running',
          type: 't',
          json,
          attempts: 1,
          crashes: 0,
        },
        ...{ dueAt: T0, error: undefined, receivedAt: T0, context },
      },
    ])
  }),
]

const text = (body: Uint8Array | undefined): string => new TextDecoder().decode(body)
