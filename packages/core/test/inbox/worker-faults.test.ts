import { describe, expect, it } from 'vitest'
import type { Method, WatchedEngine } from './support.ts'
import { bench, engineWith, hang, nameOf, pass, receiptOf, settlementsOf, unavailable } from './support.ts'

/** Not carried out, or carried out without the caller learning of it. */
const kinds = ['fails', 'is carried out, but its answer is lost'] as const
type Kind = (typeof kinds)[number]

/** An engine on which the next `times` calls of a method go wrong once `arm` was called. */
function faulty(method: Method, kind: Kind, when: (engine: WatchedEngine) => boolean = () => true) {
  let left = 0
  const engine: WatchedEngine = engineWith(async (call, carryOut) => {
    if (call.method !== method || left === 0 || !when(engine)) return carryOut()
    left--
    if (kind !== 'fails') await carryOut()
    throw unavailable()
  })
  const arm = (times: number) => {
    left = times
  }
  return { engine, arm }
}

describe.each(kinds)('when a call %s', (kind) => {
  it.each([1, 3])('claim, %i times: the worker heals, and each event is handled once', async (times) => {
    const { engine, arm } = faulty('claim', kind)
    const { inbox, started, log } = bench({ engine })
    await pass()
    arm(times)
    for (const name of 'abc') void inbox.record(receiptOf(name))
    await pass(times * 1_000 + 2_000)
    expect([...started].sort()).toEqual(['a', 'b', 'c'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 3 })
    expect(log.where({ level: 'error', code: 'inbox-unavailable' })).toHaveLength(times)
  })

  it('acquire: the worker heals', async () => {
    const { engine, arm } = faulty('acquire', kind)
    arm(2)
    const { inbox, started } = bench({ engine })
    void inbox.record(receiptOf('a'))
    await pass(2_500)
    expect(started).toEqual(['a'])
  })

  it('commit of a settlement: it is made again, the handler is not', async () => {
    const { engine, arm } = faulty('commit', kind)
    const { inbox, started } = bench({ engine, run: async () => arm(2) })
    void inbox.record(receiptOf('a'))
    await pass()
    if (kind === 'fails') await expect(inbox.stats()).resolves.toMatchObject({ running: 1 })
    await pass(3_000)
    expect(started).toEqual(['a'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  })

  it('commit of a dead letter: it is told once, when it is safe', async () => {
    const { engine, arm } = faulty('commit', kind)
    const { inbox, letters } = bench({
      engine,
      retry: { attempts: 1, crashes: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 },
      run: async () => {
        arm(1)
        throw new Error()
      },
    })
    void inbox.record(receiptOf('a'))
    await pass()
    expect(letters).toEqual([])
    await pass(2_000)
    expect(letters).toHaveLength(1)
  })
})

describe('the right to run that was lost with the engine', () => {
  it('is taken anew when those in hand are settled, so that none of them runs twice', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>()
    const { engine, inbox, started } = bench({
      run: (claim) => (nameOf(claim) === 'slow' ? promise : undefined) as Promise<void>,
    })
    void inbox.record(receiptOf('slow'))
    await pass()
    // What an engine does whose thread died: it starts another, which holds nothing.
    await engine.release('press')
    void inbox.record(receiptOf('next'))
    await pass(5_000)
    expect(started).toEqual(['slow'])
    finish()
    await pass(1_000)
    expect(started).toEqual(['slow', 'next'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 2 })
    await expect(inbox.events()).resolves.toMatchObject([{ crashes: 0 }, { crashes: 0 }])
  })
})

describe('while the engine fails', () => {
  it('it is asked once a second, whatever is recorded and ends meanwhile', async () => {
    let isDown = false
    const engine = engineWith(({ method }, carryOut) =>
      isDown && method !== 'commit' ? Promise.reject(unavailable()) : carryOut(),
    )
    const { inbox, started } = bench({ engine })
    await pass()
    isDown = true
    const before = engine.calls.length
    for (let i = 0; i < 200; i++) {
      void inbox.record(receiptOf(`${i}`))
      await pass(50)
    }
    expect(engine.calls.length - before - 200).toBeLessThanOrEqual(11)
    isDown = false
    await pass(2_000)
    expect(new Set(started).size).toBe(200)
    expect(started).toHaveLength(200)
  })

  it('a result waits, and one that hangs holds up no other receiver’s handler', async () => {
    const engine = engineWith((call, carryOut) =>
      call.method === 'commit' && settlementsOf(call).length > 0 ? hang() : carryOut(),
    )
    const { inbox, started } = bench({ engine })
    void inbox.record(receiptOf('a'))
    await pass()
    void inbox.record(receiptOf('b'))
    await pass(60_000)
    expect(started).toEqual(['a'])
    await expect(inbox.stats()).resolves.toMatchObject({ running: 1 })
  })
})
