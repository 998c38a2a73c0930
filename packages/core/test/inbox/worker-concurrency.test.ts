import { describe, expect, it } from 'vitest'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import type { Claim, InboxEngine } from '../../src/inbox/port.ts'
import { bench, engineWith, nameOf, pass, receiptOf } from './support.ts'

/** Handlers that run until they are told to end. */
function endless() {
  const inHand = new Map<string, () => void>()
  const run = (claim: Claim) =>
    new Promise<void>((resolve) => {
      inHand.set(nameOf(claim), () => {
        inHand.delete(nameOf(claim))
        resolve()
      })
    })
  return { run, inHand, names: () => [...inHand.keys()] }
}

/** Records events that the process does not survive so many times. */
async function crashed(engine: InboxEngine, names: readonly string[], times: number): Promise<void> {
  await engine.commit(
    names.map((name) => receiptOf(name, { receivedAt: 0 })),
    [],
  )
  for (let crash = 0; crash < times; crash++) {
    await engine.acquire('press', 0)
    for (const _ of names) await engine.claim({ receiver: 'press', now: 0, limit: 10, suspects: true })
    await engine.release('press')
  }
}

describe('how many at once', () => {
  it('is bounded; the end of one starts the next', async () => {
    const { run, inHand, names } = endless()
    const { inbox, started } = bench({ concurrency: 3, run })
    for (const name of 'abcdefghij') void inbox.record(receiptOf(name))
    for (let left = 10; left > 0; left--) {
      await pass()
      expect(inHand.size).toBe(Math.min(3, left))
      inHand.get(names()[0] ?? '')?.()
    }
    await pass()
    expect([...started].sort()).toEqual([...'abcdefghij'])
  })

  it('is one for suspects, while others go on', async () => {
    const engine = memoryEngine()
    await crashed(engine, ['x', 'y'], 1)
    const { run, inHand, names } = endless()
    const watched = engineWith(undefined, engine)
    const { inbox } = bench({ engine: watched, run })
    void inbox.record(receiptOf('a'))
    void inbox.record(receiptOf('b'))
    await pass(600)
    expect(names().sort()).toEqual(['a', 'b', 'x'])
    inHand.get('a')?.()
    await pass(600)
    expect(names().sort()).toEqual(['b', 'x'])
    // The other suspect is due and must wait: no reason to ask for it again and again.
    const claims = watched.count('claim')
    await pass(1_000)
    expect(watched.count('claim') - claims).toBeLessThanOrEqual(3)
    inHand.get('x')?.()
    await pass()
    expect(names().sort()).toEqual(['b', 'y'])
  })
})

describe('129 a suspect that never ends', () => {
  it('holds up nothing that is new, and other suspects no longer than a handler may take', async () => {
    const engine = memoryEngine()
    await crashed(engine, ['hangs', 'x', 'y'], 1)
    const { inbox, started } = bench({
      engine: engineWith(undefined, engine),
      run: (claim) => (nameOf(claim) === 'hangs' ? new Promise(() => {}) : Promise.resolve()),
    })
    for (const name of 'abcdefgh') void inbox.record(receiptOf(name))
    await pass(1_000)
    expect(started.toSorted()).toEqual([...'abcdefgh', 'hangs'])
    await pass(31_000)
    expect(started.toSorted()).toEqual(expect.arrayContaining(['x', 'y']))
    await expect(inbox.stats()).resolves.toMatchObject({ done: 10 })
  })
})

describe('an event that the process did not survive', () => {
  it('runs again until that happened three times, then is a dead letter without another run', async () => {
    const engine = memoryEngine()
    await crashed(engine, ['kills'], 1)
    await crashed(engine, ['survives'], 2)
    const { started, letters, inbox } = bench({ engine: engineWith(undefined, engine) })
    await pass(1_000)
    expect(started).toEqual(['survives'])
    expect(letters).toMatchObject([{ seq: 1, error: 'crashed', crashes: 3, attempts: 4 }])
    await expect(inbox.stats()).resolves.toMatchObject({ dead: 1, done: 1 })
  })
})
