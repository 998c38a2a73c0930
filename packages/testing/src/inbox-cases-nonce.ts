import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import { bytes, NONCE_MS, nonce, receipt, record, sorted, T0 } from './inbox-samples.ts'

/** One-time values. */
export const nonceCases: readonly InboxCase[] = [
  onEngine('quarantines another delivery with a used nonce, and does not use up its key', async (engine) => {
    expect(await record(engine, 'a', { nonce: nonce('n') })).toBe('recorded')
    expect(await record(engine, 'b', { nonce: nonce('n') })).toBe('nonce-reused')
    expect(await engine.events({})).toHaveLength(1)
    expect(await engine.quarantined({})).toMatchObject([
      { reason: 'nonce-reused', context: { id: 'b' }, count: 1 },
    ])
    expect(await record(engine, 'b', { nonce: nonce('m') })).toBe('recorded')
  }),

  onEngine('takes the same delivery with the same nonce for a duplicate', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n') })
    expect(await record(engine, 'a', { nonce: nonce('n') })).toBe('duplicate')
    expect(await engine.quarantined({})).toEqual([])
  }),

  onEngine('refuses a used nonce also of the same delivery when strict', async (engine) => {
    expect(await record(engine, 'a', { nonce: nonce('n', true) })).toBe('recorded')
    expect(await record(engine, 'a', { nonce: nonce('n', true) })).toBe('nonce-reused')
    expect(await record(engine, 'a', { nonce: nonce('m', true) })).toBe('duplicate')
    expect(await engine.events({})).toHaveLength(1)
    expect(await engine.quarantined({})).toMatchObject([{ reason: 'nonce-reused' }])
  }),

  onEngine('takes a known key with other bytes for a conflict whatever its nonce', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n') })
    expect(await record(engine, 'a', { nonce: nonce('n'), body: bytes('other') })).toBe('conflict')
    expect(await record(engine, 'a', { nonce: nonce('n', true), body: bytes('other') })).toBe('conflict')
  }),

  onEngine('does not use up the nonce of a duplicate or a conflict', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n') })
    await record(engine, 'a', { nonce: nonce('of a duplicate') })
    await record(engine, 'a', { nonce: nonce('of a conflict'), body: bytes('other') })
    expect(await record(engine, 'b', { nonce: nonce('of a duplicate') })).toBe('recorded')
    expect(await record(engine, 'c', { nonce: nonce('of a conflict') })).toBe('recorded')
  }),

  onEngine('gives one of two deliveries without a key the nonce', async (engine) => {
    expect(await record(engine, undefined, { nonce: nonce('n') })).toBe('recorded')
    expect(await record(engine, undefined, { nonce: nonce('n') })).toBe('nonce-reused')
  }),

  onEngine('remembers a nonce until it expires, and not from then on', async (engine) => {
    await record(engine, 'a', { nonce: nonce('n') })
    const last = T0 + NONCE_MS - 1
    expect(await record(engine, 'b', { receivedAt: last, nonce: nonce('n', false, last) })).toBe(
      'nonce-reused',
    )
    expect(await record(engine, 'b', { receivedAt: last + 1, nonce: nonce('n', false, last) })).toBe(
      'recorded',
    )
  }),

  onEngine('gives a nonce to one delivery of a batch', async (engine) => {
    const outcomes = await engine.commit(
      sorted(['a', 'b', 'c'].map((id) => receipt(id, { nonce: nonce('n') }))),
      [],
    )
    expect(outcomes).toEqual(['recorded', 'nonce-reused', 'nonce-reused'])
  }),

  onEngine('gives a nonce to one of the deliveries that bring it at once', async (engine) => {
    const ids = Array.from({ length: 20 }, (_, index) => `delivery ${index}`)
    const outcomes = await Promise.all(ids.map((id) => record(engine, id, { nonce: nonce('n') })))
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'nonce-reused')).toHaveLength(19)
  }),
]
