import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import { brokenReceipt, bytes, nonce, receipt, record, T0 } from './inbox-samples.ts'

/** Deliveries that cannot become events. */
export const quarantineCases: readonly InboxCase[] = [
  onEngine('keeps a delivery in quarantine as it came', async (engine) => {
    const headers = { 'content-type': 'text/plain', ['__proto__']: 'x', 'x-odd': `'"\u00e9` }
    const context = { receivedAt: '2026-01-01T00:00:00.000Z', attempt: 2 }
    const quarantined = receipt('a', { quarantine: 'body-not-json', headers, context, body: bytes('{') })
    expect(await engine.commit([quarantined], [])).toEqual(['quarantined'])
    const [row] = await engine.quarantined({})
    expect(row).toMatchObject({
      receiver: 'press',
      reason: 'body-not-json',
      firstAt: T0,
      lastAt: T0,
      count: 1,
      context,
    })
    expect(Object.entries(row?.headers ?? {})).toEqual(Object.entries(headers))
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('keeps the exact bytes, and a copy of its own', async (engine) => {
    const bodies = [
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xfe, 0x80, 0xc0, 0x00),
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      bytes('\ufeff{"a" : 1.0}\r\n'),
      new Uint8Array(1_000_000).fill(0xe9),
      Buffer.from('a view of a larger buffer').subarray(2, 6),
    ]
    for (const body of bodies) {
      const given = Buffer.from(body)
      await record(engine, undefined, { quarantine: 'body-unusable', body: given })
      given.fill(0)
    }
    const rows = await engine.quarantined({})
    for (const [index, body] of bodies.entries()) {
      expect(Buffer.compare(rows[index]?.body ?? bytes('missing'), body), `body ${index}`).toBe(0)
    }
  }),

  onEngine('quarantines unless the key is known', async (engine) => {
    await record(engine, 'a')
    expect(await record(engine, 'a', { quarantine: 'timestamp-stale' })).toBe('duplicate')
    expect(await engine.quarantined({})).toEqual([])
    expect(await record(engine, 'a', { quarantine: 'timestamp-stale', body: bytes('other') })).toBe(
      'conflict',
    )
    expect(await engine.quarantined({})).toMatchObject([{ reason: 'delivery-conflict' }])
  }),

  onEngine('does not use up the key of a quarantined delivery', async (engine) => {
    expect(await record(engine, 'a', { quarantine: 'timestamp-stale' })).toBe('quarantined')
    expect(await record(engine, 'a', { quarantine: 'timestamp-stale' })).toBe('quarantined')
    expect(await record(engine, 'a')).toBe('recorded')
  }),

  onEngine('does not use up the nonce of a quarantined delivery', async (engine) => {
    await record(engine, 'a', { quarantine: 'body-unusable', nonce: nonce('n') })
    expect(await record(engine, 'b', { nonce: nonce('n') })).toBe('recorded')
  }),

  onEngine('keeps one row for each distinct body of a receiver', async (engine) => {
    const quarantine = 'body-unusable'
    await record(engine, 'a', { quarantine, receivedAt: T0 })
    await record(engine, 'a', { quarantine, receivedAt: T0 + 5 })
    await record(engine, 'a', {
      quarantine: 'timestamp-stale',
      receivedAt: T0 + 9,
      headers: { 'content-type': 'x' },
    })
    await record(engine, 'a', { quarantine, receiver: 'uip' })
    await record(engine, 'b', { quarantine })
    expect(await engine.quarantined({})).toMatchObject([
      {
        ...{ receiver: 'press', firstAt: T0, lastAt: T0 + 9, count: 3, reason: 'timestamp-stale' },
        headers: { 'content-type': 'application/json' },
      },
      { receiver: 'uip', count: 1 },
      { receiver: 'press', count: 1, context: { id: 'b' } },
    ])
    expect(await engine.stats()).toMatchObject({ quarantined: 3 })
  }),

  onEngine('deletes the row of a redriven delivery that is recorded', async (engine) => {
    const seq = await quarantineOne(engine)
    expect(await record(engine, 'a', { redriven: seq })).toBe('recorded')
    expect(await engine.quarantined({})).toEqual([])
    expect(await engine.events({})).toHaveLength(1)
  }),

  onEngine('deletes the row of a redriven delivery that is known already', async (engine) => {
    const seq = await quarantineOne(engine)
    await record(engine, 'a')
    expect(await record(engine, 'a', { redriven: seq })).toBe('duplicate')
    expect(await engine.quarantined({})).toEqual([])
  }),

  onEngine('keeps the row of a redriven delivery that ends in quarantine again', async (engine) => {
    const seq = await quarantineOne(engine)
    expect(
      await record(engine, 'a', { redriven: seq, quarantine: 'body-unusable', receivedAt: T0 + 9 }),
    ).toBe('quarantined')
    expect(await engine.quarantined({})).toMatchObject([
      { seq, reason: 'body-unusable', count: 1, firstAt: T0, lastAt: T0 },
    ])
    await record(engine, 'a', { body: bytes('first') })
    expect(await record(engine, 'a', { redriven: seq })).toBe('conflict')
    expect(await engine.quarantined({})).toMatchObject([{ seq, reason: 'delivery-conflict', count: 1 }])
  }),

  onEngine('keeps the row of a redriven delivery when the commit fails', async (engine) => {
    const seq = await quarantineOne(engine)
    await expect(engine.commit([receipt('a', { redriven: seq }), brokenReceipt('z')], [])).rejects.toThrow()
    expect(await engine.quarantined({})).toMatchObject([{ seq }])
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('writes nothing of a redriven delivery whose row is gone', async (engine) => {
    const seq = await quarantineOne(engine)
    expect(await engine.discard({ quarantined: [seq] })).toBe(1)
    const redriven = { redriven: seq, nonce: nonce('n') }
    expect(await record(engine, 'a', redriven)).toBe('duplicate')
    expect(await record(engine, undefined, redriven)).toBe('duplicate')
    expect(await record(engine, 'a', { ...redriven, quarantine: 'body-unusable' })).toBe('duplicate')
    expect(await engine.stats()).toMatchObject({ waiting: 0, quarantined: 0 })
    expect(await record(engine, 'a', { nonce: nonce('n') })).toBe('recorded')
    expect(await record(engine, 'a', { redriven: seq, body: bytes('other') })).toBe('duplicate')
    expect(await engine.quarantined({})).toEqual([])
  }),

  onEngine('records a delivery without a key once, however often it is redriven', async (engine) => {
    await record(engine, undefined, { quarantine: 'timestamp-stale' })
    const [row] = await engine.quarantined({})
    const redriven = receipt(undefined, { redriven: row?.seq ?? 0 })
    const again = { ...redriven, events: [], quarantine: 'body-unusable' } as const
    expect(await engine.commit([again, again], [])).toEqual(['quarantined', 'quarantined'])
    expect(await engine.quarantined({})).toMatchObject([{ seq: row?.seq, reason: 'body-unusable', count: 1 }])
    expect(await engine.commit([redriven, redriven], [])).toEqual(['recorded', 'duplicate'])
    expect(await engine.commit([redriven], [])).toEqual(['duplicate'])
    expect(await engine.events({})).toHaveLength(1)
    expect(await engine.quarantined({})).toEqual([])
  }),

  onEngine('gives quarantined deliveries oldest first, by pages and receivers', async (engine) => {
    for (const id of ['a', 'b', 'c', 'd']) {
      await record(engine, id, { quarantine: 'body-unusable', receiver: id === 'c' ? 'uip' : 'press' })
    }
    const ids = async (query: Parameters<typeof engine.quarantined>[0]) =>
      (await engine.quarantined(query)).map(({ context }) => context.id)
    const [first] = await engine.quarantined({ limit: 1 })
    expect(await ids({})).toEqual(['a', 'b', 'c', 'd'])
    expect(await ids({ limit: 2 })).toEqual(['a', 'b'])
    expect(await ids({ after: first?.seq ?? 0, limit: 2 })).toEqual(['b', 'c'])
    expect(await ids({ receiver: 'uip' })).toEqual(['c'])
    expect(await ids({ receiver: 'nobody' })).toEqual([])
  }),
]

async function quarantineOne(engine: Parameters<typeof record>[0]): Promise<number> {
  await record(engine, 'a', { quarantine: 'timestamp-stale' })
  const [row] = await engine.quarantined({})
  return row?.seq ?? 0
}
