import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Key } from '../src/key.ts'
import type { SecretSource } from '../src/receiver-options.ts'
import { eventually } from './support/eventually.ts'
import { NEW, OLD, ringOf, secretsOf, source } from './support/ring-of.ts'

describe('a function that fetches secrets', () => {
  it('is asked once for all who wait', async () => {
    const ask = source(OLD)
    const { ring } = ringOf(ask)
    const all = await Promise.all([ring.load(), ring.keys(), ring.keys()])
    expect(secretsOf(all[1])).toEqual([OLD])
    expect(ask.state.asked).toBe(1)
    expect(secretsOf(ring.keys() as readonly Key[])).toEqual([OLD])
  })

  it('may be synchronous', async () => {
    const { ring } = ringOf(() => [OLD, NEW])
    expect(secretsOf(await ring.keys())).toEqual([OLD, NEW])
  })

  it.each([
    ['throws', () => Promise.reject(new Error(`vault said ${OLD}`)), 'secret-unavailable'],
    ['throws undefined', () => Promise.reject(), 'secret-unavailable'],
    ['throws at once', throwing, 'secret-unavailable'],
    ['gives nothing', () => undefined, 'secret-missing'],
    ['gives an empty secret', () => '', 'secret-missing'],
    ['gives an empty list', () => [], 'secret-missing'],
    ['gives a short secret', () => 'hunter2', 'secret-too-short'],
    ['gives a padded secret', () => `${OLD}\n`, 'secret-malformed'],
  ])('that %s at the start gives no keys, and the log says so without a word of it', async (_, ask, code) => {
    const { ring, log } = ringOf(ask as SecretSource)
    await expect(ring.load()).rejects.toMatchObject({ code })
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'error',
        receiver: 'press',
        code: 'secret-unavailable',
        keptLast: false,
      }),
    ])
    expect(JSON.stringify(log.lines)).not.toMatch(/vault|hunter2|the-old/)
    await expect((async () => ring.keys())()).rejects.toMatchObject({ code: 'secret-unavailable' })
  })

  it('that failed at the start is asked again, at most every second, until it has them', async () => {
    const ask = source(new Error('down'))
    const { ring, clock } = ringOf(ask)
    await expect(ring.load()).rejects.toThrow()
    clock.now += 999
    await expect((async () => ring.keys())()).rejects.toThrow()
    expect(ask.state.asked).toBe(1)
    ask.state.holds = OLD
    clock.now += 1
    expect(secretsOf(await ring.keys())).toEqual([OLD])
  })

  it('is asked again when the secrets are old, without making anybody wait', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask, 60_000)
    await ring.load()
    clock.now += 59_999
    ring.keys()
    expect(ask.state.asked).toBe(1)
    clock.now += 1
    ask.state.holds = NEW
    expect(secretsOf(ring.keys() as readonly Key[])).toEqual([OLD])
    await eventually(() => secretsOf(ring.keys() as readonly Key[])).toEqual([NEW])
    expect(ask.state.asked).toBe(2)
  })

  it.each([
    ['fails', new Error('down')],
    ['gives an empty list', []],
    ['gives a short secret', 'hunter2'],
  ])('that %s later leaves the last known in force', async (_, later) => {
    const ask = source(OLD)
    const { ring, log, clock } = ringOf(ask)
    await ring.load()
    ask.state.holds = later
    clock.now += 60_000
    ring.keys()
    await eventually(() => log.where({ code: 'secret-unavailable' })).toMatchObject([{ keptLast: true }])
    expect(secretsOf(ring.keys() as readonly Key[])).toEqual([OLD])
  })

  it('drops a retired secret with the next fetch', async () => {
    const ask = source([OLD, NEW])
    const { ring, clock } = ringOf(ask)
    await ring.load()
    ask.state.holds = NEW
    clock.now += 60_000
    ring.keys()
    await eventually(() => secretsOf(ring.keys() as readonly Key[])).toEqual([NEW])
  })

  it('is waited for when nobody has asked for long: a secret may have been withdrawn meanwhile', async () => {
    const ask = source([OLD, NEW])
    const { ring, clock } = ringOf(ask)
    await ring.load()
    ask.state.holds = NEW
    clock.now += 86_400_000
    const both = [ring.keys(), ring.keys()]
    for (const keys of both) expect(secretsOf(await keys)).toEqual([NEW])
    expect(ask.state.asked).toBe(2)
  })

  it('that fails after a long time leaves the last known in force', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    await ring.load()
    ask.state.holds = new Error('down')
    clock.now += 86_400_000
    expect(secretsOf(await ring.keys())).toEqual([OLD])
    expect(secretsOf(ring.keys() as readonly Key[])).toEqual([OLD])
  })

  it('notices a clock that was set back', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    await ring.load()
    clock.now -= 3_600_000
    ring.keys()
    expect(ask.state.asked).toBe(2)
  })
})

describe('newer keys', () => {
  it('are what the source has by now', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    const tried = await ring.keys()
    ask.state.holds = [NEW, OLD]
    clock.now += 5_000
    expect(secretsOf(await ring.newer(tried))).toEqual([NEW, OLD])
  })

  it('are asked for at most four times a second, however many signatures are wrong', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    await ring.load()
    clock.now += 1_000
    const startedAt = performance.now()
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 50 }, async () => ring.newer(await ring.keys())))
    }
    expect(ask.state.asked).toBe(1 + 3)
    expect(performance.now() - startedAt).toBeGreaterThan(450)
  })

  it('are known from the moment that the source has them, however shortly before it was asked', async () => {
    const ask = source(OLD)
    const { ring } = ringOf(ask)
    const tried = await ring.keys()
    expect(await ring.newer(tried)).toBeUndefined()
    ask.state.holds = NEW
    expect(secretsOf(await ring.newer(tried))).toEqual([NEW])
  })

  it('are those that somebody else has fetched in the meantime', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    const tried = await ring.keys()
    ask.state.holds = NEW
    clock.now += 5_000
    await ring.newer(tried)
    expect(secretsOf(await ring.newer(tried))).toEqual([NEW])
    expect(ask.state.asked).toBe(2)
  })

  it('are waited for while they are on their way', async () => {
    const later = Promise.withResolvers<string>()
    const answers: (string | Promise<string>)[] = [OLD, later.promise]
    const { ring, clock } = ringOf(() => answers.shift() ?? NEW)
    const tried = await ring.keys()
    clock.now += 60_000
    ring.keys()
    const newer = ring.newer(tried)
    later.resolve(NEW)
    expect(secretsOf(await newer)).toEqual([NEW])
  })

  it('cannot be told when the source fails: nobody may conclude that there are none', async () => {
    const ask = source(OLD)
    const { ring } = ringOf(ask)
    const tried = await ring.keys()
    ask.state.holds = new Error('down')
    await expect(ring.newer(tried)).rejects.toMatchObject({ code: 'secret-unavailable' })
    expect(secretsOf(ring.keys() as readonly Key[])).toEqual([OLD])
  })
})

describe('a function that never answers', () => {
  afterEach(() => void vi.useRealTimers())

  it('is given up on after ten seconds and asked again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const answers: (string | Promise<string>)[] = [new Promise(() => {}), OLD]
    const { ring, clock } = ringOf(() => answers.shift() ?? NEW)
    const first = expect(ring.load()).rejects.toMatchObject({ code: 'secret-unavailable' })
    await vi.advanceTimersByTimeAsync(10_000)
    await first
    clock.now += 10_000
    expect(secretsOf(await ring.keys())).toEqual([OLD])
  })
})

function throwing(): never {
  throw new Error(`vault said ${OLD}`)
}
