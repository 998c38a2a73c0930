import { describe, expect, it } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { bench, engineWith, hang, pass, receiptOf, retry } from './support.ts'

describe('finds events', () => {
  it('at once when they are recorded here', async () => {
    const { inbox, started } = bench()
    await pass(250)
    void inbox.record(receiptOf('a'))
    await pass()
    expect(started).toEqual(['a'])
    await expect(inbox.stats()).resolves.toMatchObject({ done: 1, waiting: 0, running: 0 })
  })

  it('within 500 ms when another process records them', async () => {
    const { engine, started } = bench()
    await pass(5_001)
    await engine.commit([receiptOf('a')], [])
    await pass(498)
    expect(started).toEqual([])
    await pass(2)
    expect(started).toEqual(['a'])
  })

  it('that were there before it', async () => {
    const engine = memoryEngine()
    await engine.commit([receiptOf('a'), receiptOf('b')], [])
    const { started } = bench({ engine: engineWith(undefined, engine) })
    await pass()
    expect(started).toEqual(['a', 'b'])
  })

  it('when dead letters are given another chance', async () => {
    const { inbox, started } = bench({
      retry: { ...retry, attempts: 1 },
      run: () => Promise.reject(new Error()),
    })
    void inbox.record(receiptOf('a'))
    await pass()
    expect(await Promise.all([inbox.retry([1]), pass()])).toEqual([1, undefined])
    expect(started).toEqual(['a', 'a'])
  })

  it('of its own receiver only', async () => {
    const { inbox, started } = bench()
    void inbox.record(receiptOf('a', { receiver: 'uip' }))
    await pass(2_000)
    expect(started).toEqual([])
  })

  it('of several receivers of one inbox, each with its own worker', async () => {
    const { inbox } = bench()
    expect(() => inbox.work({ receiver: 'press' } as never)).toThrow(
      expect.objectContaining({ code: 'receiver-name-taken' }),
    )
  })
})

describe('the right to run', () => {
  it('that another process has is not given back', async () => {
    const engine = engineWith(({ method }, carryOut) =>
      method === 'acquire' ? Promise.resolve(false) : carryOut(),
    )
    const { worker } = bench({ engine })
    await pass(1_000)
    void worker.stop(0)
    await pass()
    expect(engine.count('release')).toBe(0)
  })

  it('is looked for every 500 ms while another process has it, whatever is recorded here', async () => {
    let isFree = false
    const engine = engineWith(({ method }, carryOut) =>
      method === 'acquire' && !isFree ? Promise.resolve(false) : carryOut(),
    )
    const { inbox, started } = bench({ engine })
    for (let i = 0; i < 100; i++) {
      void inbox.record(receiptOf(`${i}`))
      await pass(10)
    }
    expect(engine.count('acquire')).toBeLessThanOrEqual(3)
    expect(engine.count('claim')).toBe(0)
    isFree = true
    await pass(501)
    expect(started.length).toBeGreaterThan(0)
    await pass(100)
    expect(started).toHaveLength(100)
    expect(engine.count('acquire')).toBeLessThanOrEqual(4)
  })
})

describe('asks the engine little', () => {
  it('twice a second when there is nothing to do', async () => {
    const { engine } = bench()
    await pass(100)
    const before = engine.calls.length
    await pass(10_000)
    expect(engine.calls.length - before).toBeLessThanOrEqual(20)
  })

  it('not at all while its hands are full', async () => {
    const { inbox, engine } = bench({ concurrency: 1, run: hang })
    void inbox.record(receiptOf('a'))
    await pass()
    const claims = engine.count('claim')
    for (let i = 0; i < 100; i++) {
      void inbox.record(receiptOf(`${i}`))
      await pass(50)
    }
    expect(engine.count('claim')).toBe(claims)
  })

  it.each([
    ['due in a year', 31_536_000_000],
    ['due soon', 400],
  ])('with an event %s', async (_, inMs) => {
    const { engine, started } = bench()
    await engine.commit([receiptOf('a', { receivedAt: Date.now() + inMs })], [])
    const before = engine.calls.length
    await pass(1_000)
    expect(engine.calls.length - before).toBeLessThanOrEqual(6)
    expect(started).toEqual(inMs < 1_000 ? ['a'] : [])
  })

  it('with a clock that was set back: the event runs when its time comes again', async () => {
    let offset = 3_000
    const now = () => Date.now() + offset
    const { engine, inbox, started } = bench({ now, concurrency: 1 })
    await pass()
    offset = 0
    void inbox.record(receiptOf('a', { receivedAt: Date.now() + 3_000 }))
    void inbox.record(receiptOf('b'))
    await pass(2_000)
    expect(started).toEqual(['b'])
    expect(engine.count('claim')).toBeLessThanOrEqual(8)
    await pass(1_500)
    expect(started).toEqual(['b', 'a'])
  })
})

it('hands over a long backlog in order, and each event once', async () => {
  const engine = memoryEngine()
  const receipts = Array.from({ length: 300 }, (_, index) => receiptOf(`${index}`))
  await engine.commit(receipts, [])
  const { started, inbox } = bench({ engine: engineWith(undefined, engine) })
  await pass(1_000)
  expect(started).toEqual(receipts.map((_, index) => `${index}`))
  await expect(inbox.stats()).resolves.toMatchObject({ done: 300 })
})

it('runs no worker on a closed inbox', async () => {
  const inbox = createInbox(memoryEngine())
  await inbox.close()
  expect(() => inbox.work({ receiver: 'press' } as never)).toThrow(
    expect.objectContaining({ code: 'inbox-unavailable' }),
  )
})
