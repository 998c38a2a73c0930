import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Outcome, Receipt } from '../../src/inbox/port.ts'
import { committing, gated, names, settlement } from './committing.ts'
import { receiptOf } from './support.ts'

describe('a batch', () => {
  it('gathers while a commit is in flight, of which there is one', async () => {
    const { gates, begun, record, recordAll } = gated()
    const first = record('a')
    const { open } = await begun(1)
    const others = recordAll(['b', 'c'])
    await turn()
    expect(gates).toHaveLength(1)
    open()
    await expect(first).resolves.toBe('recorded')
    const second = await begun(2)
    expect(second.receipts).toHaveLength(2)
    second.open()
    await expect(others).resolves.toEqual(['recorded', 'recorded'])
  })

  it('holds what arrived in one turn of the event loop', async () => {
    const { engine, record, recordAll } = committing()
    const later = Promise.resolve().then(() => record('b'))
    await Promise.all([recordAll(['a', 'c']), later])
    expect(engine.calls).toHaveLength(1)
  })

  it('that is full does not wait for the turn to end: under overload one may last for seconds', async () => {
    const { gates, recordAll } = gated()
    const done = recordAll(names(256))
    // Microtasks alone.
    for (let n = 0; n < 10; n++) await Promise.resolve()
    expect(gates.map(({ receipts }) => receipts.length)).toEqual([256])
    gates[0]?.open()
    await done
  })

  it('has at most 256 receipts and as many settlements, in order of arrival', async () => {
    const { gates, begun, commits, recordAll } = gated()
    const done = recordAll(names(600))
    const settled = Promise.all(names(300).map((_, seq) => commits.settle(settlement(seq))))
    for (const number of [1, 2, 3]) {
      const commit = await begun(number)
      commit.open()
    }
    await Promise.all([done, settled])
    expect(gates.map(({ receipts, settlements }) => [receipts.length, settlements.length])).toEqual([
      [256, 256],
      [256, 44],
      [88, 0],
    ])
    const expected = names(600).map((name) => receiptOf(name).key)
    const batches = gates.map(({ receipts }) => receipts.map(({ key }) => key))
    expect(batches.flat().toSorted()).toEqual(expected.toSorted())
    expect(batches[0]).toEqual(expected.slice(0, 256).toSorted())
  })

  it('is sorted by key and has each key once', async () => {
    const { begun, recordAll, record } = gated()
    const done = [recordAll(names(50)), recordAll(names(50)), record('unkeyed', { key: undefined })]
    const { receipts, open } = await begun(1)
    const keys = receipts.flatMap(({ key }) => key ?? [])
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(keys).toHaveLength(50)
    open()
    await Promise.all(done)
  })
})

describe('the same delivery several times', () => {
  it('is committed once: the first is recorded, the others are duplicates', async () => {
    const { engine, record, recordAll, recorded } = committing()
    await expect(recordAll(['a', 'a', 'b', 'a'])).resolves.toEqual([
      'recorded',
      'duplicate',
      'recorded',
      'duplicate',
    ])
    expect(engine.calls[0]?.args[0]).toHaveLength(2)
    await expect(record('a')).resolves.toBe('duplicate')
    expect(recorded).toEqual(['press', 'press'])
    await expect(engine.stats()).resolves.toMatchObject({ waiting: 2 })
  })

  it('is no duplicate without a key', async () => {
    const { engine, record } = committing()
    const unkeyed = () => record('a', { key: undefined })
    await expect(Promise.all([unkeyed(), unkeyed()])).resolves.toEqual(['recorded', 'recorded'])
    expect(engine.calls).toHaveLength(1)
  })

  const nonce = { key: 'n1', expiresAt: Number.MAX_SAFE_INTEGER, strict: false }

  it.each<[string, Partial<Receipt>, Outcome]>([
    ['other bytes', { body: Buffer.from('other') }, 'conflict'],
    ['another nonce', { nonce: { ...nonce, key: 'n2' } }, 'duplicate'],
    ['a reason for quarantine', { quarantine: 'timestamp-stale', events: [] }, 'duplicate'],
    ['a redrive', { redriven: 7 }, 'duplicate'],
  ])('with %s goes to a later batch', async (_, over, outcome) => {
    const { engine, record } = committing()
    const outcomes = Promise.all([record('a', { nonce }), record('a', { nonce, ...over }), record('b')])
    await expect(outcomes).resolves.toEqual(['recorded', outcome, 'recorded'])
    expect(engine.calls).toHaveLength(2)
  })

  it('with a strict nonce is refused like one that comes later', async () => {
    const { record } = committing()
    const strict = { nonce: { ...nonce, strict: true } }
    const outcomes = Promise.all([record('a', strict), record('a', strict)])
    await expect(outcomes).resolves.toEqual(['recorded', 'nonce-reused'])
  })

  it.each(['conflict', 'duplicate', 'quarantined'] as const)('gets one outcome: %s', async (outcome) => {
    const { record, recordAll } = committing(async ({ args }, carryOut) => {
      await carryOut()
      return (args[0] as Receipt[]).map(() => outcome)
    })
    await expect(recordAll(['a', 'a'])).resolves.toEqual([outcome, outcome])
    await expect(record('a')).resolves.toBe(outcome)
  })
})
