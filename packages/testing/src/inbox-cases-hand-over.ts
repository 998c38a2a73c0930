import type { InboxEngine } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import { exclusive, type InboxCase, onEngine, onTwoEngines } from './inbox-case.ts'
import { claim, crash, event, headOf, nonce, record, settle, startOne, T0 } from './inbox-samples.ts'
import { moveOut } from './inbox-samples-move.ts'
import { sleep } from './inbox-work.ts'

/** What a store hands over, and that it is closed then. */
export const handOverCases: readonly InboxCase[] = [
  onEngine('hands over events as they stand, running ones with a crash', async (engine) => {
    const done = await startOne(engine, 'done')
    await settle(engine, done, 'done', { purgeAt: T0 + 100 })
    const dead = await startOne(engine, 'dead')
    await settle(engine, dead, 'dead', { error: 'Broken' })
    const failed = await startOne(engine, 'failed')
    await settle(engine, failed, 'retry', { error: 'Failed', dueAt: T0 + 1e6 })
    await startOne(engine, 'crashed')
    await crash(engine, T0)
    await claim(engine)
    await record(engine, 'waiting', { receivedAt: T0 + 9 })
    await engine.release('press')
    const { rows } = await moveOut(engine)
    expect(rows.deliveries.flatMap(({ events }) => events)).toMatchObject([
      { seq: done, state: 'done', attempts: 1, purgeAt: T0 + 100 },
      { seq: dead, state: 'dead', attempts: 1, error: 'Broken', purgeAt: undefined },
      { seq: failed, state: 'waiting', attempts: 1, crashes: 0, error: 'Failed', dueAt: T0 + 1e6 },
      { state: 'waiting', attempts: 2, crashes: 2 },
      { state: 'waiting', attempts: 0, crashes: 0, dueAt: T0 + 9 },
    ])
  }),

  exclusive(
    onEngine('holds the heads of subjects across a move', async (engine) => {
      await settle(engine, await startOne(engine), 'done', { head: { key: headOf('anna\0'), time: 9 } })
      await engine.release('press')
      expect((await moveOut(engine)).rows.heads).toEqual([{ key: headOf('anna\0'), time: 9 }])
    }),
  ),

  onEngine('is closed for good when it was handed over, and says where it went', async (engine) => {
    const dead = await startOne(engine, 'dead')
    await settle(engine, dead, 'dead')
    await record(engine, 'bad', { quarantine: 'body-unusable' })
    await record(engine, 'waiting')
    await engine.release('press')
    const [bad] = await engine.quarantined({})
    await moveOut(engine)
    for (const call of [
      () => record(engine, 'b'),
      () => record(engine, undefined),
      () => record(engine, 'worse', { quarantine: 'body-unusable' }),
      () => claim(engine, T0 + 1e9),
      () => engine.retry([dead], T0),
      () => engine.discard({ events: [dead] }),
      () => engine.discard({ quarantined: [bad?.seq ?? 0] }),
      () => engine.open(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'inbox-moved',
        message: expect.stringContaining('a sample'),
      })
    }
  }),

  {
    name: 'is closed to other engines when it was handed over, to those on it and those to come',
    persistent: true,
    async run(fixture) {
      const [engine, other] = [await fixture.open(), await fixture.open()]
      await record(engine, 'a')
      await moveOut(engine)
      await expect(record(other, 'b')).rejects.toMatchObject({ code: 'inbox-moved' })
      await expect(fixture.open()).rejects.toMatchObject({ code: 'inbox-moved' })
    },
  },

  onTwoEngines('records nothing while it is handed over', async (engine, other) => {
    await record(engine, 'before')
    await engine.handOver('there', async ({ rows, counts }) => {
      const moved = []
      for await (const { deliveries = [] } of rows) moved.push(...deliveries)
      expect([moved.length, counts.events]).toEqual([1, 1])
      for (const each of [engine, other]) await expect(record(each, 'meanwhile')).rejects.toThrow()
    })
    expect(await other.events({})).toHaveLength(1)
  }),

  onTwoEngines('hands over what was acknowledged, however deliveries race with it', async (engine, other) => {
    const acknowledged: string[] = []
    const isOver = new AbortController()
    const pour = async (each: InboxEngine, name: string) => {
      for (let n = 0; !isOver.signal.aborted; n++) {
        const outcome = await record(each, `${name} ${n}`, { events: [event(`${name} ${n}`)] }).catch(
          () => undefined,
        )
        if (outcome === 'recorded') acknowledged.push(`${name} ${n}`)
        await new Promise(setImmediate)
      }
    }
    const pouring = Promise.all([pour(engine, 'one'), pour(other, 'other')])
    await expect.poll(() => acknowledged.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(20)
    const { rows } = await moveOut(engine)
    // Time for what comes too late.
    await sleep(20)
    isOver.abort()
    await pouring
    const moved = rows.deliveries.flatMap(({ events }) => events.map(({ json }) => JSON.parse(json).name))
    expect(moved.toSorted()).toEqual(acknowledged.toSorted())
  }),

  onEngine('is as it was when nobody takes it over', async (engine) => {
    await record(engine, 'running', { nonce: nonce('n') })
    await claim(engine)
    await record(engine, 'waiting')
    await record(engine, 'bad', { quarantine: 'body-unusable' })
    await engine.release('press')
    const before = [await engine.events({}), await engine.quarantined({}), await engine.stats()]
    const error = new Error('no room')
    const refuse = async () => {
      throw error
    }
    await expect(engine.handOver('there', refuse)).rejects.toBe(error)
    expect([await engine.events({}), await engine.quarantined({}), await engine.stats()]).toEqual(before)
    await engine.open()
    expect(await record(engine, 'waiting')).toBe('duplicate')
    expect(await record(engine, 'new')).toBe('recorded')
    expect((await claim(engine)).claims).toHaveLength(3)
    await engine.release('press')
    expect((await moveOut(engine)).rows.deliveries).toHaveLength(3)
  }),

  onEngine('is the same source at each try, and no try is the same', async (engine) => {
    const tries: { id: string; origin: string }[] = []
    for (const to of ['here', 'there']) {
      const give = engine.handOver(to, async ({ id, origin }) => {
        tries.push({ id, origin })
        throw new Error('no room')
      })
      await expect(give).rejects.toThrow('no room')
    }
    const { move } = await moveOut(engine)
    expect(new Set([...tries, move].map(({ origin }) => origin)).size).toBe(1)
    expect(new Set([...tries, move].map(({ id }) => id)).size).toBe(3)
  }),

  onEngine('tells where it went when it is to be handed over again', async (engine) => {
    const { departure, move } = await moveOut(engine)
    expect(departure).toEqual({ id: move.id, to: 'a sample' })
    const take = async () => {
      throw new Error('it must not be called')
    }
    expect(await engine.handOver('elsewhere', take)).toEqual(departure)
  }),

  exclusive(
    onEngine('is not handed over while it runs events itself', async (engine) => {
      await startOne(engine)
      const take = async () => {}
      await expect(engine.handOver('there', take)).rejects.toMatchObject({ code: 'inbox-in-use' })
      await engine.release('press')
      await engine.handOver('there', take)
    }),
  ),

  exclusive(
    onTwoEngines('is not handed over while another engine runs events', async (engine, other) => {
      await startOne(other)
      const take = async () => {}
      await expect(engine.handOver('there', take)).rejects.toMatchObject({ code: 'inbox-in-use' })
      expect(await engine.events({})).toMatchObject([{ state: 'running', crashes: 0 }])
      await other.release('press')
      await engine.handOver('there', take)
    }),
  ),
]
