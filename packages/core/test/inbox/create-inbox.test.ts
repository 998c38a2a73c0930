import { describe, expect, it } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { type Around, bench, codeOf, engineWith, inboxOn, pass, receiptOf, unavailable } from './support.ts'

/** The opening fails until it is told to work. */
function failingToOpen() {
  const state = { isBroken: true }
  const around: Around = ({ method }, carryOut) =>
    method === 'open' && state.isBroken
      ? Promise.reject(Object.assign(new Error(), { code: 'SQLITE_CANTOPEN' }))
      : carryOut()
  return { state, ...inboxOn(around) }
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
    await expect(inbox.open()).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining('SQLITE_CANTOPEN'),
    })
    state.isBroken = false
    await inbox.open()
    await expect(inbox.stats()).resolves.toMatchObject({ waiting: 0 })
  })

  it('needs no call: recording opens too', async () => {
    const { engine, inbox } = inboxOn()
    const outcome = inbox.record(receiptOf('a'))
    await pass()
    await expect(outcome).resolves.toBe('recorded')
    expect(engine.calls.map(({ method }) => method)).toEqual(['open', 'seal', 'commit'])
  })
})

describe('while it cannot be opened', () => {
  it('deliveries are turned away, and not each of them tries', async () => {
    const { state, engine, inbox } = failingToOpen()
    const codes: Promise<unknown>[] = []
    for (let i = 0; i < 100; i++) {
      codes.push(codeOf(inbox.record(receiptOf(`${i}`))))
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

describe('options', () => {
  it.each([
    ['maxQueued', Number.NaN],
    ['maxQueued', -1],
    ['maxQueuedBytes', Number.POSITIVE_INFINITY],
    ['purgeEveryMs', 0],
    ['purgeEveryMs', 2 ** 31],
  ])('that would switch a limit off are refused: %s: %d', (name, value) => {
    expect(() => createInbox(memoryEngine(), { [name]: value })).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining(name) }),
    )
  })
})
