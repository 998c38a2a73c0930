import { describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/inbox/port.ts'
import { uip } from '../../src/providers/uip.ts'
import { engineWith, hang, unavailable } from '../inbox/support.ts'
import { identified, MINUTE, pass, polling } from './support.ts'

/** The engine in memory, and how many receipts were on their way into it at once. */
function measured() {
  const batches: number[] = []
  const engine = engineWith(({ method, args }, carryOut) => {
    if (method === 'commit') batches.push((args[0] as readonly Receipt[]).length)
    return carryOut()
  })
  return { engine, batches }
}

describe('many results', () => {
  const TEN_THOUSAND = 10_000
  const all = Array.from({ length: TEN_THOUSAND }, (_, n) => identified(`${n}`))

  it('are recorded a few at a time, so that deliveries find room', async () => {
    const { engine, batches } = measured()
    const { log, recorded } = polling(uip(), { engine, fetch: () => all })
    await pass(MINUTE)
    expect(new Set(await recorded()).size).toBe(TEN_THOUSAND)
    expect(log.where({ message: 'polled' })).toMatchObject([
      { results: TEN_THOUSAND, recorded: TEN_THOUSAND },
    ])
    expect(Math.max(...batches)).toBeLessThanOrEqual(32)
  })

  it('of pages are asked for one page after the other, and each is recorded before the next', async () => {
    const before: number[] = []
    const { recorded } = polling(uip(), {
      async *fetch() {
        for (let from = 0; from < 500; from += 100) {
          before.push((await recorded()).length)
          yield all.slice(from, from + 100)
        }
        before.push((await recorded()).length)
      },
    })
    await pass(MINUTE)
    expect(before).toEqual([0, 100, 200, 300, 400, 500])
  })

  it('whose recording fails are not taken for recorded: the generator ends, and the next poll brings them', async () => {
    const steps: string[] = []
    let fails = false
    const engine = engineWith(({ method }, carryOut) =>
      method === 'commit' && fails ? Promise.reject(unavailable()) : carryOut(),
    )
    const { recorded, log } = polling(uip(), {
      engine,
      async *fetch(_, poll) {
        fails = poll === 1
        try {
          yield [identified('a')]
          steps.push(`recorded in poll ${poll}`)
        } finally {
          steps.push(`ended poll ${poll}`)
          fails = false
        }
      },
    })
    await pass(1_000)
    expect(await recorded()).toEqual([])
    expect(log.where({ code: 'inbox-unavailable' })).toHaveLength(1)
    await pass(11 * MINUTE)
    expect(await recorded()).toEqual(['identify:a'])
    expect(steps.slice(0, 3)).toEqual(['ended poll 1', 'recorded in poll 2', 'ended poll 2'])
  })

  it('of a generator that hangs after a page are given up when time is up; the page stays', async () => {
    const { recorded, log } = polling(uip(), {
      fetchTimeoutMs: 30_000,
      async *fetch() {
        yield [identified('a')]
        yield await hang()
      },
    })
    await pass(31_000)
    expect(await recorded()).toEqual(['identify:a'])
    expect(log.where({ code: 'timeout' })).toHaveLength(1)
    expect(log.where({ message: 'polled' })).toMatchObject([{ recorded: 1 }])
  })
})
