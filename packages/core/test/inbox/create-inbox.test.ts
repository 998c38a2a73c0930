import { describe, expect, it, onTestFinished } from 'vitest'
import { createInbox, type InboxOptions } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { type Around, bench, engineWith, hang, pass, receiptOf, unavailable, virtualTime } from './support.ts'

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  )

/** An inbox without a worker, in virtual time. */
function inboxOn(around?: Around, options?: InboxOptions) {
  virtualTime()
  const engine = engineWith(around)
  const inbox = createInbox(engine, options)
  onTestFinished(async () => {
    void inbox.close()
    await pass(20_000)
  })
  return { engine, inbox }
}

/** The opening fails until it is told to work. */
function failingToOpen() {
  const state = { isBroken: true }
  const around: Around = ({ method }, carryOut) =>
    method === 'open' && state.isBroken
      ? Promise.reject(Object.assign(new Error(), { code: 'SQLITE_CANTOPEN' }))
      : carryOut()
  return { state, ...inboxOn(around) }
}

/** The opening takes a second. */
const slowToOpen: Around = async ({ method }, carryOut) => {
  if (method === 'open') await new Promise((resolve) => setTimeout(resolve, 1_000))
  return carryOut()
}

describe('open()', () => {
  it('opens the engine once, however often it is called', async () => {
    const { engine, inbox } = inboxOn()
    await Promise.all([inbox.open(), inbox.open(), inbox.stats()])
    await inbox.open()
    expect(engine.count('open')).toBe(1)
  })

  it('tells why it failed, and tries again when it is called again', async () => {
    const { state, inbox } = failingToOpen()
    await expect(code(inbox.open())).resolves.toBe('SQLITE_CANTOPEN')
    state.isBroken = false
    await inbox.open()
    await expect(inbox.stats()).resolves.toMatchObject({ waiting: 0 })
  })

  it('needs no call: recording opens too', async () => {
    const { engine, inbox } = inboxOn()
    const outcome = inbox.record(receiptOf('a'))
    await pass()
    await expect(outcome).resolves.toBe('recorded')
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'commit'])
  })
})

describe('while it cannot be opened', () => {
  it('deliveries are turned away, and not each of them tries', async () => {
    const { state, engine, inbox } = failingToOpen()
    const codes: Promise<string>[] = []
    for (let i = 0; i < 100; i++) {
      codes.push(code(inbox.record(receiptOf(`${i}`))))
      await pass(25)
    }
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['inbox-unavailable']))
    expect(engine.count('open')).toBeLessThanOrEqual(3)
    state.isBroken = false
    await pass(1_000)
    const outcome = inbox.record(receiptOf('a'))
    await pass()
    await expect(outcome).resolves.toBe('recorded')
  })

  it('says so to whoever asks', async () => {
    const { inbox } = failingToOpen()
    await expect(inbox.stats()).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining('SQLITE_CANTOPEN'),
    })
  })

  it('a worker waits and begins by itself', async () => {
    let isBroken = true
    const engine = engineWith(({ method }, carryOut) =>
      method === 'open' && isBroken ? Promise.reject(unavailable()) : carryOut(),
    )
    await engine.commit([receiptOf('a')], [])
    const { started, log } = bench({ engine })
    await pass(10_000)
    expect(engine.count('open')).toBeLessThanOrEqual(11)
    expect(log.where({ level: 'error' }).length).toBeLessThanOrEqual(11)
    isBroken = false
    await pass(2_100)
    expect(started).toEqual(['a'])
  })
})

describe('while it is being opened', () => {
  it('deliveries wait, and no more than may', async () => {
    const { inbox } = inboxOn(({ method }, carryOut) => (method === 'open' ? hang() : carryOut()), {
      maxQueued: 5,
    })
    const codes: Promise<string>[] = []
    let refused = 0
    for (let i = 0; i < 20; i++) codes.push(code(inbox.record(receiptOf(`${i}`))))
    for (const each of codes)
      void each.then((code) => {
        if (code === 'inbox-full') refused++
      })
    await pass(60_000)
    expect(refused).toBe(15)
  })

  it('they are recorded when it is open', async () => {
    const { inbox } = inboxOn(slowToOpen)
    const outcomes = Promise.all(['a', 'b', 'a'].map((name) => inbox.record(receiptOf(name))))
    await pass(1_100)
    await expect(outcomes).resolves.toEqual(['recorded', 'recorded', 'duplicate'])
  })

  it('it can be closed: what waits is recorded, then the engine is closed', async () => {
    const { engine, inbox } = inboxOn(slowToOpen)
    const outcome = inbox.record(receiptOf('a'))
    const closed = inbox.close()
    await expect(code(inbox.record(receiptOf('b')))).resolves.toBe('inbox-unavailable')
    await pass(1_100)
    await expect(outcome).resolves.toBe('recorded')
    await closed
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'commit', 'close'])
  })

  it('and closed with nothing waiting, it is closed all the same and leaves no timer', async () => {
    const { engine, inbox } = inboxOn(slowToOpen, { purgeEveryMs: 10 })
    const opened = inbox.open()
    const closed = inbox.close()
    await pass(5_000)
    await Promise.all([opened, closed])
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'close'])
  })
})

describe('close()', () => {
  it('waits for commits under way, closes the engine once, and is idempotent', async () => {
    const { engine, inbox } = inboxOn(async ({ method }, carryOut) => {
      if (method === 'commit') await new Promise((resolve) => setTimeout(resolve, 500))
      return carryOut()
    })
    const outcomes = Promise.all(['a', 'b'].map((name) => inbox.record(receiptOf(name))))
    expect(inbox.close()).toBe(inbox.close())
    await pass(600)
    await expect(outcomes).resolves.toEqual(['recorded', 'recorded'])
    await inbox.close()
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'commit', 'close'])
  })

  it('stops the workers, which give back what they have in hand', async () => {
    const engine = memoryEngine()
    const { inbox } = bench({ engine: engineWith(undefined, engine), run: hang })
    void inbox.record(receiptOf('a'))
    await pass()
    const closed = inbox.close()
    await pass()
    await closed
    await expect(engine.events({})).resolves.toMatchObject([{ state: 'waiting', attempts: 0 }])
  })

  it('makes everything unavailable, at once and afterwards', async () => {
    const { inbox } = inboxOn()
    await inbox.open()
    const use = () => [
      inbox.open(),
      inbox.record(receiptOf('a')),
      inbox.stats(),
      inbox.events(),
      inbox.quarantined(),
      inbox.retry([1]),
    ]
    const closed = inbox.close()
    await expect(Promise.all(use().map(code))).resolves.toEqual(Array(6).fill('inbox-unavailable'))
    await pass()
    await closed
    await expect(Promise.all(use().map(code))).resolves.toEqual(Array(6).fill('inbox-unavailable'))
    expect(() => inbox.work({ receiver: 'press' } as never)).toThrow(
      expect.objectContaining({ code: 'inbox-unavailable' }),
    )
  })

  it('of an inbox that was never opened opens nothing', async () => {
    const { engine, inbox } = inboxOn()
    await inbox.close()
    expect(engine.calls).toEqual([])
  })

  it('after an opening that failed closes nothing', async () => {
    const { engine, inbox } = failingToOpen()
    await code(inbox.open())
    await inbox.close()
    expect(engine.count('close')).toBe(0)
  })
})
