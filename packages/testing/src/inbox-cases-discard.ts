import type { InboxEngine } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { type InboxCase, onEngine } from './inbox-case.ts'
import { bytes, claim, event, KEY_MS, nonce, record, settle, startOne, T0 } from './inbox-samples.ts'

/** Deleting what is kept until somebody acts. */
export const discardCases: readonly InboxCase[] = [
  onEngine('discards dead letters alone', async (engine) => {
    const done = await startOne(engine, 'done')
    await settle(engine, done, 'done')
    const dead = await deadLetter(engine, 'dead')
    const running = await startOne(engine, 'running')
    await record(engine, 'waiting')
    const [waiting] = await engine.events({ state: 'waiting' })
    expect(await engine.discard({ quarantined: [dead] })).toBe(0)
    expect(await engine.discard({ events: [done, dead, dead, running, waiting?.seq ?? 0, 999_999] })).toBe(1)
    expect(await engine.discard({ events: [dead] })).toBe(0)
    expect(await engine.discard({})).toBe(0)
    expect((await engine.events({})).map(({ state }) => state)).toEqual(['done', 'running', 'waiting'])
    expect((await claim(engine)).claims).toMatchObject([{ json: event('waiting').json }])
  }),

  onEngine('discards quarantined deliveries by number', async (engine) => {
    for (const id of ['a', 'b', 'c']) await record(engine, id, { quarantine: 'body-unusable' })
    const [, b] = await engine.quarantined({})
    const seq = b?.seq ?? 0
    expect(await engine.discard({ events: [seq] })).toBe(0)
    expect(await engine.discard({ quarantined: [seq, seq, 999_999] })).toBe(1)
    expect(await engine.discard({ quarantined: [seq] })).toBe(0)
    expect(await engine.quarantined({})).toMatchObject([{ context: { id: 'a' } }, { context: { id: 'c' } }])
  }),

  onEngine('discards events and quarantined deliveries together', async (engine) => {
    const dead = await deadLetter(engine, 'dead')
    const quarantined = await quarantine(engine, 'bad')
    expect(await engine.discard({ events: [dead], quarantined: [quarantined] })).toBe(2)
    expect(await engine.stats()).toMatchObject({ dead: 0, quarantined: 0 })
  }),

  onEngine('discards all that it is asked to or, when it fails, nothing', async (engine) => {
    const dead = await deadLetter(engine, 'dead')
    const broken = {
      events: [dead],
      get quarantined(): number[] {
        throw new Error('this request is broken')
      },
    }
    await expect(engine.discard(broken)).rejects.toThrow()
    expect(await engine.events({})).toMatchObject([{ seq: dead, state: 'dead' }])
  }),

  onEngine('remembers key and nonce of a discarded dead letter', async (engine) => {
    const dead = await deadLetter(engine, 'a', { nonce: nonce('n') })
    await engine.discard({ events: [dead] })
    expect(await record(engine, 'a', { receivedAt: T0 + KEY_MS - 1 })).toBe('duplicate')
    expect(await record(engine, 'a', { body: bytes('other') })).toBe('conflict')
    expect(await record(engine, 'b', { nonce: nonce('n') })).toBe('nonce-reused')
    expect(await engine.events({})).toEqual([])
  }),

  onEngine('keeps the delivery of a discarded dead letter while an event needs it', async (engine) => {
    const context = { id: 'a', receivedAt: '2026-01-01T00:00:00.000Z', attempt: 7 }
    await record(engine, 'a', { context, events: [event('1'), event('2')] })
    const [first] = (await claim(engine, T0, 1)).claims
    await settle(engine, first?.seq ?? 0, 'dead')
    expect(await engine.discard({ events: [first?.seq ?? 0] })).toBe(1)
    expect((await claim(engine)).claims).toMatchObject([{ context, json: event('2').json }])
  }),

  onEngine('takes a discarded quarantined delivery for a new one when it comes again', async (engine) => {
    const before = await quarantine(engine, 'a')
    await engine.discard({ quarantined: [before] })
    await record(engine, 'a', { quarantine: 'timestamp-stale', receivedAt: T0 + 9 })
    const [again] = await engine.quarantined({})
    expect(again).toMatchObject({ firstAt: T0 + 9, count: 1, reason: 'timestamp-stale' })
    expect(again?.seq).toBeGreaterThan(before)
  }),

  {
    name: 'leaves nothing of what it discarded in the store',
    persistent: true,
    async run(fixture) {
      const engine = await fixture.open()
      const personal = (name: string) => ({
        body: bytes(`body of ${name}`.repeat(500)),
        headers: { 'x-name': `header of ${name}` },
        context: { id: `id of ${name}`, receivedAt: '2026-01-01T00:00:00.000Z' },
      })
      const dead = await deadLetter(engine, 'anna', { ...personal('anna'), events: [event('event of anna')] })
      const quarantined = await quarantine(engine, 'ben', personal('ben'))
      const traces = async () =>
        (await fixture.content()).toString('latin1').match(/\b(body|header|id|event) of (anna|ben)/g) ?? []
      expect(new Set(await traces())).toContain('event of anna')
      expect(await engine.discard({ events: [dead], quarantined: [quarantined] })).toBe(2)
      expect(await traces()).toEqual([])
    },
  },
]

/** Records an event and lets its attempts run out. Resolves to its number. */
async function deadLetter(
  engine: InboxEngine,
  id: string,
  changes?: Parameters<typeof record>[2],
): Promise<number> {
  await record(engine, id, changes)
  const [started] = (await claim(engine, T0, 1)).claims
  const seq = started?.seq ?? 0
  await settle(engine, seq, 'dead')
  return seq
}

/** Resolves to the number of the quarantined delivery. */
async function quarantine(
  engine: InboxEngine,
  id: string,
  changes?: Parameters<typeof record>[2],
): Promise<number> {
  await record(engine, id, { ...changes, quarantine: 'body-unusable' })
  const [row] = await engine.quarantined({ limit: 1 })
  return row?.seq ?? 0
}
