import type { InboxEngine, Settlement } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine } from './inbox-case.ts'
import { claim, crash, HOSTILE_STRINGS, headOf, record, settle, startOne, T0 } from './inbox-samples.ts'

const RESULTS: readonly Settlement['result'][] = ['done', 'retry', 'dead', 'released']

/** What becomes of attempts. */
export const settleCases: readonly InboxCase[] = [
  onEngine('never starts an event again that is done', async (engine) => {
    const seq = await startOne(engine)
    await settle(engine, seq, 'done', { purgeAt: T0 + 5 })
    expect(await engine.events({})).toMatchObject([{ seq, state: 'done', attempts: 1, error: undefined }])
    expect(await claim(engine, T0 + 1e9)).toEqual({ claims: [], nextDueAt: undefined })
    await crash(engine)
    expect(await claim(engine, T0 + 1e9)).toEqual({ claims: [], nextDueAt: undefined })
  }),

  onEngine('starts a failed event again when its next attempt is due', async (engine) => {
    const seq = await startOne(engine)
    await settle(engine, seq, 'retry', { dueAt: T0 + 100, error: 'ECONNREFUSED' })
    expect(await engine.events({})).toMatchObject([
      { state: 'waiting', dueAt: T0 + 100, attempts: 1, error: 'ECONNREFUSED' },
    ])
    expect(await claim(engine, T0 + 99)).toEqual({ claims: [], nextDueAt: T0 + 100 })
    expect((await claim(engine, T0 + 100)).claims).toMatchObject([{ seq, attempt: 2, crashes: 0 }])
  }),

  onEngine('does not count an attempt that was given back', async (engine) => {
    const seq = await startOne(engine)
    await settle(engine, seq, 'released', { dueAt: T0 + 7 })
    expect(await engine.events({})).toMatchObject([
      { state: 'waiting', dueAt: T0 + 7, attempts: 0, crashes: 0 },
    ])
    await crash(engine)
    expect((await claim(engine, T0 + 7)).claims).toMatchObject([{ seq, attempt: 1, crashes: 0 }])
  }),

  onEngine(
    'leaves a dead letter alone until it is retried, then gives it a fresh set of attempts',
    async (engine) => {
      const seq = await startOne(engine)
      await crash(engine)
      await claim(engine)
      await settle(engine, seq, 'dead', { attempt: 2, error: 'TypeError' })
      expect(await engine.events({ state: 'dead' })).toMatchObject([{ seq, error: 'TypeError', attempts: 2 }])
      expect(await claim(engine, T0 + 1e9)).toEqual({ claims: [], nextDueAt: undefined })
      expect(await engine.retry([seq], T0 + 50)).toBe(1)
      expect(await claim(engine, T0 + 49)).toEqual({ claims: [], nextDueAt: T0 + 50 })
      expect((await claim(engine, T0 + 50)).claims).toMatchObject([{ seq, attempt: 1, crashes: 0 }])
    },
  ),

  onEngine('retries dead letters alone', async (engine) => {
    const done = await startOne(engine, 'done')
    await settle(engine, done, 'done')
    const dead = await startOne(engine, 'dead')
    await settle(engine, dead, 'dead')
    const running = await startOne(engine, 'running')
    await record(engine, 'waiting')
    const [waiting] = await engine.events({ state: 'waiting' })
    expect(await engine.retry([done, dead, dead, running, waiting?.seq ?? 0, 999_999], T0 + 50)).toBe(1)
    expect(await engine.retry([dead], T0 + 60)).toBe(0)
    expect(await engine.retry([], T0 + 60)).toBe(0)
    expect((await engine.events({})).map(({ state, dueAt }) => [state, dueAt])).toEqual([
      ['done', T0],
      ['waiting', T0 + 50],
      ['running', T0],
      ['waiting', T0],
    ])
  }),

  ...RESULTS.map((late) =>
    onEngine(`changes nothing by a late settlement: ${late}`, async (engine) => {
      for (const state of ['waiting', 'done', 'dead', 'running'] as const) {
        const seq = await startOne(engine, state)
        await settle(engine, seq, state === 'done' || state === 'dead' ? state : 'retry', { dueAt: T0 })
        if (state === 'running') await claim(engine)
        await changesNothing(engine, { seq, attempt: 1, result: late, at: T0 })
      }
    }),
  ),

  onEngine('changes nothing by a settlement of an attempt that a crash was counted for', async (engine) => {
    const seq = await startOne(engine)
    await crash(engine)
    for (const result of RESULTS) await changesNothing(engine, { seq, attempt: 1, result, at: T0 })
    await claim(engine)
    for (const result of RESULTS) await changesNothing(engine, { seq, attempt: 1, result, at: T0 })
    await settle(engine, seq, 'done', { attempt: 2 })
    expect(await engine.stats()).toMatchObject({ done: 1 })
  }),

  onEngine('changes nothing by a settlement of an attempt not started, or of no event', async (engine) => {
    const seq = await startOne(engine)
    for (const result of RESULTS) {
      await changesNothing(engine, { seq, attempt: 2, result, at: T0 })
      await changesNothing(engine, { seq: seq + 1_000, attempt: 1, result, at: T0 })
    }
  }),

  onEngine('applies one of two settlements of the same attempt', async (engine) => {
    const seq = await startOne(engine)
    const base = { seq, attempt: 1, at: T0 }
    await engine.commit(
      [],
      [
        { ...base, result: 'done' },
        { ...base, result: 'retry', dueAt: T0 },
      ],
    )
    expect(await engine.events({})).toMatchObject([{ state: 'done' }])
  }),

  exclusive(
    onEngine('keeps the latest head of a receiver and subject', async (engine) => {
      expect(await engine.head([headOf('anna')])).toBeUndefined()
      const handled = async (id: string, subject: string, time: number, receiver = 'press') => {
        await record(engine, id, { receiver })
        await engine.acquire(receiver, T0)
        const { claims } = await engine.claim({ receiver, now: T0, limit: 1, suspects: true })
        await settle(engine, claims[0]?.seq ?? 0, 'done', { head: { key: headOf(subject, receiver), time } })
      }
      await handled('a', 'anna', 500)
      await handled('b', 'anna', 300)
      expect(await engine.head([headOf('anna')])).toBe(500)
      await handled('c', 'anna', 900)
      await handled('d', 'ben', -5)
      await handled('e', 'anna', 1, 'uip')
      const asked = [
        ['press', 'anna'],
        ['press', 'ben'],
        ['uip', 'anna'],
        ['uip', 'ben'],
      ] as const
      expect(
        await Promise.all(asked.map(([receiver, subject]) => engine.head([headOf(subject, receiver)]))),
      ).toEqual([900, -5, 1, undefined])
    }),
  ),

  exclusive(
    onEngine('keeps a head for any string', async (engine) => {
      for (const odd of HOSTILE_STRINGS) {
        await record(engine, odd, { receiver: odd })
        await engine.acquire(odd, T0)
        const { claims } = await engine.claim({ receiver: odd, now: T0, limit: 1, suspects: true })
        const seq = claims[0]?.seq ?? 0
        expect(await engine.head([headOf(odd, odd)])).toBeUndefined()
        await settle(engine, seq, 'done', { head: { key: headOf(odd, odd), time: seq } })
        expect(await engine.head([headOf(odd, odd)])).toBe(seq)
      }
    }),
  ),

  exclusive(
    onEngine('takes no head from a late settlement', async (engine) => {
      const seq = await startOne(engine)
      await settle(engine, seq, 'retry', { dueAt: T0 })
      await claim(engine)
      await settle(engine, seq, 'done', { head: { key: headOf('anna'), time: 500 } })
      expect(await engine.head([headOf('anna')])).toBeUndefined()
    }),
  ),
]

async function changesNothing(engine: InboxEngine, settlement: Settlement): Promise<void> {
  const before = await engine.events({})
  await engine.commit([], [{ ...settlement, error: 'late', dueAt: T0 + 77, purgeAt: T0 + 77 }])
  expect(await engine.events({})).toEqual(before)
}
