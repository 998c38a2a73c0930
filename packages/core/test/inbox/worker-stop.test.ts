import { describe, expect, it } from 'vitest'
import { bench, duration, engineWith, hang, nameOf, pass, receiptOf, retry, sleep } from './support.ts'

describe('stop()', () => {
  it('waits for those in hand, and no longer', async () => {
    const { inbox, worker, started } = bench({ run: () => sleep(2_000) })
    for (const name of 'ab') void inbox.record(receiptOf(name))
    await pass()
    expect(await duration(worker.stop(10_000))).toBeLessThan(2_100)
    await expect(inbox.stats()).resolves.toMatchObject({ done: 2 })
    expect([...started].sort()).toEqual(['a', 'b'])
  })

  it('starts no more', async () => {
    const { inbox, worker, started } = bench({ concurrency: 1, run: () => sleep(100) })
    for (const name of 'abc') void inbox.record(receiptOf(name))
    await pass()
    void worker.stop(10_000)
    void inbox.record(receiptOf('d'))
    await pass(20_000)
    expect(started).toHaveLength(1)
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1, waiting: 3 })
  })

  it('aborts after the grace period and gives back what is in hand: it does not count', async () => {
    let signal: AbortSignal | undefined
    const { inbox, worker, engine, log } = bench({
      run: (_, scope) => {
        signal = scope.signal
        return hang()
      },
    })
    void inbox.record(receiptOf('a'))
    await pass()
    const stopping = worker.stop(1_000)
    await pass(900)
    expect(signal?.aborted).toBe(false)
    expect(await duration(stopping)).toBeLessThan(200)
    expect(signal?.aborted).toBe(true)
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', attempts: 0, crashes: 0 }])
    expect(engine.count('release')).toBe(1)
    expect(log.where({ level: 'warn' })).toEqual([])
  })

  it('lets the next worker of that name begin, not before', async () => {
    const { inbox, worker, started } = bench({ run: hang })
    void inbox.record(receiptOf('a'))
    await pass()
    const stopping = worker.stop(500)
    const again = () => inbox.work({ receiver: 'press' } as never)
    expect(again).toThrow(expect.objectContaining({ code: 'receiver-name-taken' }))
    await duration(stopping)
    const runs: string[] = []
    inbox.work({
      ...{ receiver: 'press', concurrency: 1, timeoutMs: 1_000, retry, keepHandledMs: 1, now: Date.now },
      ...{ random: Math.random, logger: { info() {}, warn() {}, error() {} } },
      run: async (claim) => void runs.push(nameOf(claim)),
    })
    await pass()
    expect([started, runs]).toEqual([['a'], ['a']])
  })

  it('called again is the same stop', async () => {
    const { worker } = bench()
    expect(worker.stop(1)).toBe(worker.stop(10_000))
    expect(await duration(worker.stop(0))).toBeLessThan(100)
  })

  it('called by a handler that waits for it ends with the grace period', async () => {
    const { inbox, worker } = bench({ run: async () => worker.stop(3_000) })
    void inbox.record(receiptOf('a'))
    await pass()
    expect(await duration(worker.stop(0))).toBeLessThan(3_100)
    await expect(inbox.stats()).resolves.toMatchObject({ waiting: 1 })
  })

  it('gives back what a claim under way brings, without running it', async () => {
    const engine = engineWith(async ({ method }, carryOut) => {
      const result = await carryOut()
      if (method === 'claim') await sleep(300)
      return result
    })
    const { inbox, worker, started } = bench({ engine })
    await pass(310)
    void inbox.record(receiptOf('a'))
    await pass()
    expect(await duration(worker.stop(100))).toBeLessThan(500)
    expect(started).toEqual([])
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', attempts: 0 }])
  })

  it('of one receiver does not wait for what is recorded for others', async () => {
    const engine = engineWith(async (_, carryOut) => {
      await sleep(20)
      return carryOut()
    })
    const { inbox, worker } = bench({ engine })
    await pass(100)
    let isOver = false
    const traffic = (async () => {
      for (let i = 0; !isOver; i++) await inbox.record(receiptOf(`${i}`, { receiver: 'uip' }))
    })()
    await pass(100)
    expect(await duration(worker.stop(1_000))).toBeLessThan(1_000)
    isOver = true
    await pass(100)
    await traffic
  })
})
