import { describe, expect, it } from 'vitest'
import {
  bench,
  duration,
  engineWith,
  hang,
  pass,
  receiptOf,
  retry,
  settlementsOf,
  unavailable,
} from './support.ts'

describe('stop() while results cannot be recorded', () => {
  const failing = (isDown: () => boolean) =>
    engineWith((call, carryOut) =>
      call.method === 'commit' && settlementsOf(call).length > 0 && isDown()
        ? Promise.reject(unavailable())
        : carryOut(),
    )

  it('tries during the grace period, so that a short failure costs nothing', async () => {
    let isDown = true
    const { inbox, worker, started } = bench({ engine: failing(() => isDown) })
    void inbox.record(receiptOf('a'))
    await pass()
    const stopping = worker.stop(5_000)
    await pass(1_500)
    isDown = false
    expect(await duration(stopping)).toBeLessThan(1_000)
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
    expect(started).toEqual(['a'])
  })

  it('tries once more after it, gives up, and gives back the right to run', async () => {
    const engine = failing(() => true)
    const { inbox, worker, letters } = bench({
      engine,
      retry: { ...retry, attempts: 1 },
      run: () => Promise.reject(new Error()),
    })
    void inbox.record(receiptOf('a'))
    await pass()
    const before = engine.count('commit')
    expect(await duration(worker.stop(300))).toBeLessThan(500)
    expect(engine.count('commit')).toBe(before + 1)
    expect(engine.count('release')).toBe(1)
    expect(letters).toEqual([])
    await pass(10_000)
    expect(engine.count('commit')).toBe(before + 1)
  })

  it('gives back a right that it may have, not knowing', async () => {
    const engine = engineWith(async ({ method }, carryOut) => {
      const result = await carryOut()
      if (method === 'acquire') throw unavailable()
      return result
    })
    const { worker } = bench({ engine })
    await pass()
    expect(await duration(worker.stop(0))).toBeLessThan(100)
    expect(engine.count('release')).toBe(1)
  })

  it('goes on although the right cannot be given back', async () => {
    const engine = engineWith(({ method }, carryOut) =>
      method === 'release' ? Promise.reject(unavailable()) : carryOut(),
    )
    const { worker, log } = bench({ engine })
    await pass()
    expect(await duration(worker.stop(0))).toBeLessThan(100)
    expect(log.where({ level: 'error' })).toHaveLength(1)
  })
})

describe('stop() while the engine hangs', () => {
  it.each(['claim', 'commit', 'release'] as const)('in %s ends, and says so', async (method) => {
    let hangs = false
    const engine = engineWith((call, carryOut) => (hangs && call.method === method ? hang() : carryOut()))
    const { inbox, worker, log } = bench({
      engine,
      run: async () => {
        hangs = true
      },
    })
    void inbox.record(receiptOf('a'))
    await pass(600)
    hangs = true
    await pass(600)
    const took = await duration(worker.stop(1_000))
    expect(took).toBeLessThanOrEqual(6_100)
    expect(log.where({ level: 'error' })).toHaveLength(1)
  })

  it('gives back the right only when the results are recorded, however late', async () => {
    const { promise, resolve: thaw } = Promise.withResolvers<void>()
    const engine = engineWith(async (call, carryOut) => {
      if (call.method === 'commit' && settlementsOf(call).length > 0) await promise
      return carryOut()
    })
    const { inbox, worker } = bench({ engine })
    void inbox.record(receiptOf('a'))
    await pass()
    await duration(worker.stop(1_000))
    expect(engine.count('release')).toBe(0)
    thaw()
    await pass()
    expect(engine.count('release')).toBe(1)
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })
})
