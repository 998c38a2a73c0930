import { describe, expect, it, vi } from 'vitest'
import { createInbox } from '../../src/inbox/create-inbox.ts'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { uip } from '../../src/providers/uip.ts'
import { engineWith, hang, unavailable } from '../inbox/support.ts'
import { HOUR, identified, MINUTE, pass, polling } from './support.ts'

/** The times between one and the next. */
const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, n) => time - (times[n] ?? 0))

describe('polls', () => {
  it('come at once and then every `everyMs`, as near as looking once a minute allows', async () => {
    const { polls } = polling(uip(), { everyMs: 10 * MINUTE })
    await pass(HOUR - 1)
    expect(polls[0]).toBeLessThan(1_000)
    expect(polls).toHaveLength(6)
    for (const gap of gaps(polls)) {
      expect(gap).toBeGreaterThanOrEqual(10 * MINUTE)
      expect(gap).toBeLessThanOrEqual(11 * MINUTE)
    }
  })

  it.each([0, 0.3, 0.999])('are never nearer than `everyMs`, whatever chance adds (%d)', async (chance) => {
    const { polls } = polling(uip(), { everyMs: 10_000, random: () => chance })
    await pass(2 * MINUTE)
    expect(polls.length).toBeGreaterThan(9)
    expect(Math.min(...gaps(polls))).toBeGreaterThanOrEqual(10_000)
  })

  it('do not overlap: one that takes long puts off the next', async () => {
    let running = 0
    const most: number[] = []
    const { polls } = polling(uip(), {
      everyMs: 10_000,
      async fetch() {
        most.push(++running)
        await new Promise((resolve) => setTimeout(resolve, 9_900))
        running -= 1
        return []
      },
    })
    await pass(MINUTE)
    expect(polls.length).toBeGreaterThan(3)
    expect(Math.max(...most)).toBe(1)
  })

  it('are one for all processes of an inbox, and go on when one of them ends', async () => {
    const engine = memoryEngine()
    const first = polling(uip(), { engine, everyMs: 10 * MINUTE })
    const others = [1, 2, 3].map((n) => polling(uip(), { engine, everyMs: 10 * MINUTE, random: () => n / 4 }))
    await pass(HOUR)
    const all = () => [first, ...others].flatMap(({ polls }) => polls).toSorted((a, b) => a - b)
    expect(all().length).toBeGreaterThanOrEqual(5)
    await first.close()
    const before = all().length
    await pass(HOUR)
    expect(all().length).toBeGreaterThanOrEqual(before + 5)
    expect(Math.min(...gaps(all()))).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  it('of two tasks do not take each other’s turns', async () => {
    const inbox = createInbox(memoryEngine())
    const one = polling(uip(), { inbox, task: 'one' })
    const other = polling(uip(), { inbox, task: 'other' })
    const third = polling(uip(), { inbox, name: 'uip-third', task: 'one' })
    await pass(1_000)
    expect([one, other, third].map(({ polls }) => polls.length)).toEqual([1, 1, 1])
  })

  it('are counted from when the provider is asked, not from when the inbox was', async () => {
    let isSlow = true
    const engine = engineWith(async ({ method }, carryOut) => {
      if (method !== 'commit' || !isSlow) return carryOut()
      isSlow = false
      const outcome = await carryOut()
      await new Promise((resolve) => setTimeout(resolve, 3 * MINUTE))
      return outcome
    })
    const provider = { ...uip(), polling: { minEveryMs: 10 * MINUTE } }
    const { polls } = polling(provider, { engine, everyMs: 10 * MINUTE })
    await pass(HOUR / 2)
    expect(polls.length).toBeGreaterThan(1)
    expect(Math.min(...gaps(polls))).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  it('are no sooner than the provider allows when the clock is set forward', async () => {
    const provider = { ...uip(), polling: { minEveryMs: 10 * MINUTE } }
    const { polls } = polling(provider, { everyMs: 10 * MINUTE })
    await pass(MINUTE)
    vi.setSystemTime(Date.now() + HOUR)
    await pass(8 * MINUTE)
    expect(polls).toHaveLength(1)
    await pass(2 * MINUTE)
    expect(polls).toHaveLength(2)
  })

  it('wait while the inbox does not answer, and begin when it does', async () => {
    let isUp = false
    const engine = engineWith(({ method }, carryOut) =>
      method === 'commit' && !isUp ? Promise.reject(unavailable()) : carryOut(),
    )
    const { polls, log } = polling(uip(), { engine })
    await pass(5 * MINUTE)
    expect(polls).toEqual([])
    expect(log.where({ level: 'error', code: 'inbox-unavailable', task: 'poll' }).length).toBeGreaterThan(3)
    isUp = true
    await pass(2 * MINUTE)
    expect(polls).toHaveLength(1)
  })
})

describe('a poll that fails', () => {
  it('is made again within a long interval, each time later, and never too near to the next', async () => {
    const fail = () => Promise.reject(new TypeError('resident@example.com'))
    const { polls, log } = polling(uip(), { everyMs: HOUR, fetch: fail })
    await pass(HOUR - 1)
    const minutes = polls.map((at) => Math.round(at / MINUTE))
    expect(minutes).toEqual([0, 1, 3, 7, 15, 31])
    expect(log.where({ level: 'error', code: 'TypeError', failures: 3 })).toHaveLength(1)
    expect(JSON.stringify(log.lines)).not.toContain('resident')
  })

  it('keeps to what the provider allows', async () => {
    const provider = { ...uip(), polling: { minEveryMs: 10 * MINUTE } }
    const { polls } = polling(provider, { everyMs: HOUR, fetch: () => Promise.reject(new Error('down')) })
    await pass(3 * HOUR)
    expect(polls.length).toBeGreaterThan(6)
    expect(Math.min(...gaps(polls))).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  it('waits for the next one when there is no room between', async () => {
    const { polls } = polling(uip(), { everyMs: MINUTE, fetch: () => Promise.reject(new Error('down')) })
    await pass(3 * MINUTE)
    expect(Math.min(...gaps(polls))).toBeGreaterThanOrEqual(MINUTE)
  })

  it('and then succeeds begins from the shortest wait when it fails again', async () => {
    const { polls, log } = polling(uip(), {
      everyMs: HOUR,
      fetch: (_, poll) => (poll === 3 ? [] : Promise.reject(new Error('down'))),
    })
    await pass(HOUR + 3 * MINUTE)
    expect(polls.map((at) => Math.round(at / MINUTE)).slice(0, 5)).toEqual([0, 1, 3, 60, 61])
    expect(log.where({ failures: 1 })).toHaveLength(2)
  })
})

describe('a fetch that hangs', () => {
  it('is aborted when its time is up, and whether it minds that or not, polls go on', async () => {
    const signals: AbortSignal[] = []
    const { polls, log, recorded } = polling(uip(), {
      everyMs: 10 * MINUTE,
      fetchTimeoutMs: 30_000,
      fetch({ signal }, poll) {
        signals.push(signal)
        return poll === 1 ? hang() : [identified('a')]
      },
    })
    await pass(29_000)
    expect(signals[0]?.aborted).toBe(false)
    await pass(2_000)
    expect(signals[0]?.aborted).toBe(true)
    expect(log.where({ code: 'timeout', level: 'error' })).toHaveLength(1)
    await pass(11 * MINUTE)
    expect(polls.length).toBeGreaterThan(1)
    expect(await recorded()).toEqual(['identify:a'])
  })

  it('brings nothing in any more when it ends after all', async () => {
    const late = Promise.withResolvers<ReturnType<typeof identified>[]>()
    const { recorded } = polling(uip(), { fetchTimeoutMs: 30_000, fetch: () => late.promise })
    await pass(31_000)
    late.resolve([identified('a')])
    await pass(1_000)
    expect(await recorded()).toEqual([])
  })
})
