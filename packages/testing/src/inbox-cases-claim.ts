import type { InboxEngine } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine } from './inbox-case.ts'
import { claim, crash, event, record, settle, startOne, T0 } from './inbox-samples.ts'

/** Which events are started, and by whom. */
export const claimCases: readonly InboxCase[] = [
  onEngine('starts an event once, from when it is due', async (engine) => {
    await record(engine, 'a')
    expect(await claim(engine, T0 - 1)).toEqual({ claims: [], nextDueAt: T0 })
    expect((await claim(engine, T0)).claims).toMatchObject([{ attempt: 1, crashes: 0 }])
    expect(await claim(engine, T0 + 1e9)).toEqual({ claims: [], nextDueAt: undefined })
    expect(await engine.events({})).toMatchObject([{ state: 'running', attempts: 1 }])
  }),

  onEngine('starts the events due longest first, not those recorded first', async (engine) => {
    for (const id of ['a', 'b', 'c', 'd']) await record(engine, id)
    const { claims } = await claim(engine)
    for (const [index, { seq }] of claims.entries()) {
      await settle(engine, seq, 'retry', { dueAt: T0 + ([300, 100, 200, 400][index] ?? 0) })
    }
    expect(names(await claim(engine, T0 + 399))).toEqual(['b', 'c', 'a'])
    expect(names(await claim(engine, T0 + 400))).toEqual(['d'])
  }),

  onEngine('starts events that are due at the same time in order of recording', async (engine) => {
    await record(engine, 'a', { events: ['1', '2', '3'].map((name) => event(name)) })
    await record(engine, 'b')
    expect(names(await claim(engine))).toEqual(['1', '2', '3', 'b'])
  }),

  onEngine('starts no more than asked, and tells when the next is due', async (engine) => {
    for (const id of ['a', 'b', 'c']) await record(engine, id)
    await record(engine, 'later', { receivedAt: T0 + 500 })
    const first = await claim(engine, T0, 2)
    expect(names(first)).toEqual(['a', 'b'])
    expect(first.nextDueAt).toBe(T0)
    const second = await claim(engine, T0, 2)
    expect(names(second)).toEqual(['c'])
    expect(second.nextDueAt).toBe(T0 + 500)
  }),

  onEngine('starts only events of the receiver that is asked for', async (engine) => {
    await record(engine, 'a', { receiver: 'uip' })
    expect(await claim(engine)).toEqual({ claims: [], nextDueAt: undefined })
    await record(engine, 'b')
    expect(names(await claim(engine))).toEqual(['b'])
    expect(await engine.events({ receiver: 'uip' })).toMatchObject([{ state: 'waiting' }])
  }),

  exclusive(
    onEngine('never starts an event twice when claims overlap', async (engine) => {
      const ids = Array.from({ length: 30 }, (_, index) => `event ${index}`)
      for (const id of ids) await record(engine, id)
      await engine.acquire('press', T0)
      const results = await Promise.all(ids.map(() => claim(engine, T0, 3)))
      expect(results.flatMap(names).toSorted()).toEqual(ids.toSorted())
    }),
  ),

  onEngine('starts nothing for who does not hold the right to run', async (engine) => {
    await record(engine, 'a')
    const request = { receiver: 'press', now: T0, limit: 1, suspects: true }
    await expect(engine.claim(request)).rejects.toMatchObject({ code: 'inbox-unavailable' })
    expect(await engine.acquire('press', T0)).toBe(true)
    await engine.release('press')
    await expect(engine.claim(request)).rejects.toMatchObject({ code: 'inbox-unavailable' })
    expect(await engine.stats()).toMatchObject({ waiting: 1 })
  }),

  onEngine('counts a crash for each attempt that never finished', async (engine) => {
    await record(engine, 'started', { events: [event('1'), event('2')] })
    await claim(engine)
    await record(engine, 'waiting')
    await crash(engine, T0 + 50)
    expect(await engine.events({})).toMatchObject([
      { state: 'waiting', crashes: 1, attempts: 1, dueAt: T0 + 50 },
      { state: 'waiting', crashes: 1, attempts: 1, dueAt: T0 + 50 },
      { state: 'waiting', crashes: 0, attempts: 0, dueAt: T0 },
    ])
    const { claims } = await claim(engine, T0 + 50)
    expect(claims.map(({ attempt, crashes }) => [attempt, crashes])).toEqual([
      [1, 0],
      [2, 1],
    ])
    await crash(engine, T0 + 60)
    expect(await engine.events({ after: 0, limit: 1 })).toMatchObject([{ crashes: 2, dueAt: T0 + 60 }])
  }),

  onEngine('counts no crash for settled events or other receivers', async (engine) => {
    const seq = await startOne(engine, 'settled')
    await settle(engine, seq, 'done')
    await record(engine, 'theirs', { receiver: 'uip' })
    await engine.acquire('uip', T0)
    await engine.claim({ receiver: 'uip', now: T0, limit: 1, suspects: true })
    await crash(engine)
    expect(await engine.events({})).toMatchObject([
      { state: 'done', crashes: 0 },
      { state: 'running', crashes: 0 },
    ])
  }),

  onEngine(
    'leaves running events alone when the right is asked for again by who holds it',
    async (engine) => {
      await startOne(engine)
      expect(await engine.acquire('press', T0 + 50)).toBe(true)
      expect(await engine.events({})).toMatchObject([{ state: 'running', crashes: 0, attempts: 1 }])
    },
  ),

  onEngine('starts one suspect at a time, and only when asked to', async (engine) => {
    await crashed(engine, ['s1', 's2', 's3'])
    await record(engine, 'a', { receivedAt: T0 + 10 })
    const request = { receiver: 'press', now: T0 + 20, limit: 100 }
    const without = await engine.claim({ ...request, suspects: false })
    expect(names(without)).toEqual(['a'])
    expect(without.nextDueAt).toBe(T0 + 5)
    const first = await engine.claim({ ...request, suspects: true })
    expect(first.claims).toMatchObject([{ crashes: 1, attempt: 2 }])
    expect(names(await engine.claim({ ...request, suspects: false }))).toEqual([])
    expect(names(await engine.claim({ ...request, suspects: true }))).toHaveLength(1)
    expect(names(await engine.claim({ ...request, suspects: true }))).toHaveLength(1)
    expect(await engine.claim({ ...request, suspects: true })).toEqual({ claims: [], nextDueAt: undefined })
  }),

  onEngine('starts a suspect when its turn comes among the others', async (engine) => {
    await record(engine, 'early')
    const [, waiting] = [await claim(engine), await settleRunning(engine, T0 + 1)]
    expect(waiting).toBe(1)
    await crashed(engine, ['suspect'])
    await record(engine, 'late', { receivedAt: T0 + 10 })
    const request = { receiver: 'press', now: T0 + 20, suspects: true }
    expect(names(await engine.claim({ ...request, limit: 1 }))).toEqual(['early'])
    expect(names(await engine.claim({ ...request, limit: 1 }))).toEqual(['suspect'])
    expect(names(await engine.claim({ ...request, limit: 1 }))).toEqual(['late'])
  }),
]

const names = ({ claims }: { claims: { json: string }[] }): string[] =>
  claims.map(({ json }) => JSON.parse(json).name)

/** Records events and lets the process die while they run: from T0 + 5 on they wait as suspects. */
async function crashed(engine: InboxEngine, ids: readonly string[]): Promise<void> {
  for (const id of ids) await record(engine, id)
  await claim(engine)
  await crash(engine, T0 + 5)
}

/** Gives back what runs. Resolves to how many events that was. */
async function settleRunning(engine: InboxEngine, dueAt: number): Promise<number> {
  const running = await engine.events({ state: 'running' })
  for (const { seq, attempts } of running) await settle(engine, seq, 'released', { attempt: attempts, dueAt })
  return running.length
}
