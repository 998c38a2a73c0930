import { describe, expect, it } from 'vitest'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import {
  type Around,
  bench,
  codeOf,
  engineWith,
  hang,
  inboxOn,
  pass,
  receiptOf,
  sleep,
  unavailable,
} from './support.ts'

/** The opening takes a second. */
const slowToOpen: Around = async ({ method }, carryOut) => {
  if (method === 'open') await sleep(1_000)
  return carryOut()
}

describe('while it is being opened', () => {
  it('deliveries wait, and no more than may', async () => {
    const { inbox } = inboxOn(({ method }, carryOut) => (method === 'open' ? hang() : carryOut()), {
      maxQueued: 5,
    })
    const codes: Promise<unknown>[] = []
    let refused = 0
    for (let i = 0; i < 20; i++) codes.push(codeOf(inbox.record(receiptOf(`${i}`))))
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
    await expect(codeOf(inbox.record(receiptOf('b')))).resolves.toBe('inbox-unavailable')
    await pass(1_100)
    await expect(outcome).resolves.toBe('recorded')
    await closed
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'seal', 'commit', 'close'])
  })

  it('and closed with nothing waiting, it is closed all the same and leaves no timer', async () => {
    const { engine, inbox } = inboxOn(slowToOpen, { purgeEveryMs: 10 })
    const opened = inbox.open()
    const closed = inbox.close()
    await pass(5_000)
    await Promise.all([opened, closed])
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'seal', 'close'])
  })
})

describe('close()', () => {
  it('reaches those who wait for the opening to ask: they get no answer of a closing engine', async () => {
    const { engine, inbox } = inboxOn(slowToOpen)
    const asked = codeOf(inbox.stats())
    void inbox.close()
    await pass(1_100)
    await expect(asked).resolves.toBe('inbox-unavailable')
    expect(engine.count('stats')).toBe(0)
  })

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
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'seal', 'commit', 'close'])
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
    await expect(Promise.all(use().map(codeOf))).resolves.toEqual(Array(6).fill('inbox-unavailable'))
    await pass()
    await closed
    await expect(Promise.all(use().map(codeOf))).resolves.toEqual(Array(6).fill('inbox-unavailable'))
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
    const { engine, inbox } = inboxOn(() => Promise.reject(unavailable()))
    await codeOf(inbox.open())
    await inbox.close()
    expect(engine.count('close')).toBe(0)
  })
})
