import { describe, expect, it } from 'vitest'
import { headKey } from '../../src/inbox/head-key.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { latestWorker } from './latest-worker.ts'
import { engineWith, hang, pass, settlementsOf, sleep, unavailable } from './support.ts'

describe('events of one subject', () => {
  it('run one at a time, while other subjects run beside them', async () => {
    const inHand = new Set<string>()
    const seen: string[] = []
    const { deliver } = latestWorker({
      write: async ({ id }) => {
        inHand.add(id)
        seen.push([...inHand].sort().join())
        await sleep(1_000)
        inHand.delete(id)
      },
    })
    await deliver(
      { id: 'a1', subject: 'a', time: 1 },
      { id: 'a2', subject: 'a', time: 2 },
      { id: 'b1', subject: 'b', time: 1 },
    )
    await pass(3_000)
    expect(seen).toEqual(['a1', 'a1,b1', 'a2,b1'])
  })

  it('are compared with what is durable: the next waits for the settlement', async () => {
    let isDown = false
    const engine = engineWith((call, carryOut) =>
      call.method === 'commit' && settlementsOf(call).length > 0 && isDown
        ? Promise.reject(unavailable())
        : carryOut(),
    )
    const { deliver, written } = latestWorker({
      engine,
      write: () => {
        isDown = true
      },
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    await pass(3_000)
    expect(written).toEqual(['new'])
    expect(engine.count('head')).toBe(1)
    isDown = false
    await pass(3_000)
    expect(written).toEqual(['new'])
    expect(engine.count('head')).toBe(2)
  })

  it('wait for their turn on nobody’s time', async () => {
    const { deliver, written, log, inbox } = latestWorker({ write: () => sleep(20_000) })
    await deliver(...[1, 2, 3, 4].map((time) => ({ id: `${time}`, subject: 's', time })))
    await pass(90_000)
    expect(written).toEqual(['1', '2', '3', '4'])
    expect(log.where({ level: 'warn' })).toEqual([])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 4 })
  })

  it('get their turn when the one before takes too long', async () => {
    const { deliver, written } = latestWorker({ write: ({ id }) => (id === 'a' ? hang() : undefined) })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 2 })
    await pass(29_000)
    expect(written).toEqual(['a'])
    await pass(1_100)
    expect(written).toEqual(['a', 'b'])
  })

  it('are given back when the worker stops while they wait', async () => {
    const reasons: boolean[] = []
    const { deliver, written, worker, inbox, engine } = latestWorker({
      write: hang,
      around: (latest) => (event, context) =>
        (latest(event, context) as Promise<void>).catch((error) => {
          reasons.push(error === context.signal.reason)
          throw error
        }),
    })
    await deliver({ id: 'a', subject: 's', time: 1 }, { id: 'b', subject: 's', time: 2 })
    void worker.stop(0)
    await pass()
    expect([written, reasons, engine.count('head')]).toEqual([['a'], [true], 1])
    await expect(inbox.events()).resolves.toMatchObject([
      { state: 'waiting', attempts: 0 },
      { state: 'waiting', attempts: 0 },
    ])
  })
})

describe('the newest time handled', () => {
  it('stays what it was when the handler fails', async () => {
    const { deliver, written } = latestWorker({
      write: ({ id }, { attempt }) => {
        if (id === 'new' && attempt === 1) throw new Error()
      },
    })
    await deliver({ id: 'new', subject: 's', time: 2 }, { id: 'old', subject: 's', time: 1 })
    expect(written).toEqual(['new', 'old'])
    await pass(2_000)
    expect(written).toEqual(['new', 'old', 'new'])
  })

  it('stays what it was when the process dies between the write and the settlement', async () => {
    const engine = memoryEngine()
    const settle = (isLost: boolean) =>
      engineWith(
        (call, carryOut) =>
          isLost && call.method === 'commit' && settlementsOf(call).length > 0 ? hang() : carryOut(),
        engine,
      )
    const before = latestWorker({ engine: settle(true) })
    await before.deliver({ id: 'new', subject: 's', time: 2 })
    await engine.release('press')
    const after = latestWorker({ engine: settle(false) })
    await after.deliver({ id: 'old', subject: 's', time: 1 })
    expect(before.written).toEqual(['new'])
    expect(after.written).toEqual(['new'])
    await expect(engine.head([headKey('press', 's')])).resolves.toBe(2_000)
  })

  it('is not looked at after the time was up: a write that comes too late would not be alone', async () => {
    const { promise, resolve: answer } = Promise.withResolvers<void>()
    const engine = memoryEngine()
    let isSlow = true
    const watched = engineWith(async ({ method }, carryOut) => {
      if (method === 'head' && isSlow) await promise
      return carryOut()
    }, engine)
    const { deliver, written, inbox } = latestWorker({ engine: watched })
    await deliver({ id: 'a', subject: 's', time: 1 })
    await pass(30_100)
    await expect(inbox.events()).resolves.toMatchObject([{ state: 'waiting', error: 'timeout' }])
    isSlow = false
    answer()
    await pass()
    expect(written).toEqual([])
    await pass(1_000)
    expect(written).toEqual(['a'])
  })

  it('that cannot be had fails the attempt, which is made again', async () => {
    let failures = 1
    const engine = engineWith(({ method }, carryOut) =>
      method === 'head' && failures-- > 0 ? Promise.reject(unavailable()) : carryOut(),
    )
    const { deliver, written, inbox } = latestWorker({ engine })
    await deliver({ id: 'a', subject: 's', time: 1 })
    expect(written).toEqual([])
    await pass(1_100)
    expect(written).toEqual(['a'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })
})
