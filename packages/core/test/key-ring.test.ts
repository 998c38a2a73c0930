import { createHmac, type KeyObject } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createKeyRing, type KeyRing } from '../src/key-ring.ts'
import type { SecretSource } from '../src/receiver-options.ts'
import { textKey } from '../src/secret-key.ts'
import { type CapturedLog, capturedLog } from './support/captured-log.ts'
import { configurationError } from './support/configuration-error.ts'

const OLD = 'the-old-secret-of-summer'
const NEW = 'the-new-secret-of-winter'

interface Ring {
  ring: KeyRing
  log: CapturedLog
  clock: { now: number }
}

function ringOf(source: SecretSource | undefined, maxAgeMs = 60_000): Ring {
  const clock = { now: 1_000_000 }
  const log = capturedLog()
  const ring = createKeyRing(source, (secret) => textKey(secret), {
    ...{ receiver: 'press', maxAgeMs, logger: log },
    now: () => clock.now,
  })
  return { ring, log, clock }
}

const mac = (key: KeyObject | string) => createHmac('sha256', key).update('x').digest('hex')
/** Which secrets the keys stand for. */
function secretsOf(keys: readonly KeyObject[] | undefined): string[] | undefined {
  return keys?.map((key) => [OLD, NEW].find((secret) => mac(secret) === mac(key)) ?? 'another')
}

/** A source that gives what it holds, and counts. */
function source(holds: string | readonly string[] | Error) {
  const state = { holds, asked: 0 }
  const ask = async () => {
    state.asked++
    if (state.holds instanceof Error) throw state.holds
    return state.holds
  }
  return Object.assign(ask, { state })
}

describe('a fixed secret', () => {
  it('is one key, several are several, from the first moment on', () => {
    expect(secretsOf(ringOf(OLD).ring.keys() as KeyObject[])).toEqual([OLD])
    expect(secretsOf(ringOf([NEW, OLD]).ring.keys() as KeyObject[])).toEqual([NEW, OLD])
  })

  it('is never newer', async () => {
    const { ring } = ringOf(OLD)
    expect(await ring.newer(await ring.keys())).toBeUndefined()
  })

  it.each([
    ['undefined', undefined, 'secret-missing'],
    ['null', null, 'secret-missing'],
    ['an empty one', '', 'secret-missing'],
    ['an empty list', [], 'secret-missing'],
    ['a number', 1234567890123456, 'secret-missing'],
    ['an object', { secret: OLD }, 'secret-missing'],
    ['a list of lists', [[OLD]], 'secret-missing'],
    ['a good one and an empty one', [OLD, ''], 'secret-missing'],
    ['a good one and undefined', [OLD, undefined], 'secret-missing'],
    ['white space', '   ', 'secret-malformed'],
    ['a space before it', ` ${OLD}`, 'secret-malformed'],
    ['a newline behind it', `${OLD}\n`, 'secret-malformed'],
    ['a tab behind it', `${OLD}\t`, 'secret-malformed'],
    ['a byte order mark before it', `\uFEFF${OLD}`, 'secret-malformed'],
    ['a no-break space behind it', `${OLD}\u00a0`, 'secret-malformed'],
    ['a good one and a padded one', [OLD, `${NEW} `], 'secret-malformed'],
    ['a short one', 'hunter2', 'secret-too-short'],
    ['a good one and a short one', [OLD, 'hunter2'], 'secret-too-short'],
  ])('that is %s is refused at once, without a word of it', (_, secret, code) => {
    const error = configurationError(() => ringOf(secret as SecretSource))
    expect(error.code).toBe(code)
    for (const part of [OLD, NEW, 'hunter2', '1234567890123456'])
      expect(error.message).not.toContain(part)
  })
})

describe('a function that fetches secrets', () => {
  it('is asked once for all who wait', async () => {
    const ask = source(OLD)
    const { ring } = ringOf(ask)
    const all = await Promise.all([ring.load(), ring.keys(), ring.keys()])
    expect(secretsOf(all[1])).toEqual([OLD])
    expect(ask.state.asked).toBe(1)
    expect(secretsOf(ring.keys() as KeyObject[])).toEqual([OLD])
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
    expect(secretsOf(ring.keys() as KeyObject[])).toEqual([OLD])
    await expect.poll(() => secretsOf(ring.keys() as KeyObject[])).toEqual([NEW])
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
    await expect.poll(() => log.where({ code: 'secret-unavailable' })).toMatchObject([{ keptLast: true }])
    expect(secretsOf(ring.keys() as KeyObject[])).toEqual([OLD])
  })

  it('drops a retired secret with the next fetch', async () => {
    const ask = source([OLD, NEW])
    const { ring, clock } = ringOf(ask)
    await ring.load()
    ask.state.holds = NEW
    clock.now += 60_000
    ring.keys()
    await expect.poll(() => secretsOf(ring.keys() as KeyObject[])).toEqual([NEW])
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

  it('are asked for at most every five seconds, however many signatures are wrong', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    await ring.load()
    for (let second = 0; second < 20; second++) {
      clock.now += 1_000
      await Promise.all([1, 2, 3].map(async () => ring.newer(await ring.keys())))
    }
    expect(ask.state.asked).toBe(1 + 4)
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

  it('are none when the source fails', async () => {
    const ask = source(OLD)
    const { ring, clock } = ringOf(ask)
    const tried = await ring.keys()
    ask.state.holds = new Error('down')
    clock.now += 5_000
    expect(await ring.newer(tried)).toBeUndefined()
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
