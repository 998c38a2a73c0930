import { describe, expect, it } from 'vitest'
import { memoryEngine } from '../../src/inbox/memory-engine.ts'
import { uip } from '../../src/providers/uip.ts'
import { hang } from '../inbox/support.ts'
import { HOUR, MINUTE, pass, polling } from './support.ts'

describe('polls', () => {
  it('are not repeated by a restart, and not put off by it either', async () => {
    const engine = memoryEngine()
    const before = polling(uip(), { engine, everyMs: 10 * MINUTE })
    await pass(4 * MINUTE)
    expect(before.polls).toHaveLength(1)
    await before.close()
    const after = polling(uip(), { engine, everyMs: 10 * MINUTE })
    await pass(5 * MINUTE)
    expect(after.polls).toEqual([])
    await pass(3 * MINUTE)
    expect(after.polls).toHaveLength(1)
  })

  it('that a restart cut short are made again soon, by whichever process', async () => {
    const engine = memoryEngine()
    const options = { engine, everyMs: 24 * HOUR, fetchTimeoutMs: 5 * MINUTE }
    const before = polling(uip(), { ...options, fetch: () => hang() })
    await pass(MINUTE)
    await before.close()
    const [first, second] = [0, 0.5].map((chance) => polling(uip(), { ...options, random: () => chance }))
    const both = () => [...(first?.polls ?? []), ...(second?.polls ?? [])]
    await pass(3 * MINUTE)
    expect(both()).toEqual([])
    await pass(3 * MINUTE)
    expect(both()).toHaveLength(1)
    await pass(23 * HOUR)
    expect(both()).toHaveLength(1)
  })

  it('that a restart cut short are not made again before the provider may be asked', async () => {
    const engine = memoryEngine()
    const provider = { ...uip(), polling: { minEveryMs: 10 * MINUTE } }
    const options = { engine, everyMs: HOUR, fetchTimeoutMs: MINUTE }
    const before = polling(provider, { ...options, fetch: () => hang() })
    await pass(10_000)
    await before.close()
    const after = polling(provider, options)
    await pass(9 * MINUTE)
    expect(after.polls).toEqual([])
    await pass(3 * MINUTE)
    expect(after.polls).toHaveLength(1)
  })

  it('that fail are made again by the process that made them: no other comes between', async () => {
    const options = { engine: memoryEngine(), everyMs: HOUR, fetchTimeoutMs: 1_000 }
    const failing = polling(uip(), { ...options, fetch: () => Promise.reject(new Error('down')) })
    await pass(1_000)
    const other = polling(uip(), options)
    await pass(59 * MINUTE - 1_000)
    expect(failing.polls.length).toBeGreaterThan(3)
    expect(other.polls).toEqual([])
  })
})
