import { describe, expect, it } from 'vitest'
import type { Work } from '../../src/inbox/inbox.ts'
import { Scenario } from './scenario.ts'
import { type Around, hang, nameOf, pass, unavailable, virtualTime } from './support.ts'

/** What goes wrong with one call of the engine. */
const faults = {
  fails: async () => {
    throw unavailable()
  },
  'fails with an error of its own': async () => {
    throw new TypeError()
  },
  'is carried out, but its answer is lost': async (carryOut) => {
    await carryOut()
    throw unavailable()
  },
  'takes two seconds': async (carryOut) => {
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    return carryOut()
  },
  'comes when the process dies': async (_, kill) => {
    kill()
    return hang()
  },
  'is the last thing before the process dies': async (carryOut, kill) => {
    await carryOut()
    kill()
    return hang()
  },
} satisfies Record<string, (carryOut: () => Promise<unknown>, kill: () => void) => Promise<unknown>>

/** Two processes, one after the other; the `n`-th call of the first goes wrong. Resolves to whether there was one. */
async function run(
  n: number,
  fault: (typeof faults)[keyof typeof faults],
): Promise<{ wasHit: boolean; verdict: string[] }> {
  const scenario = new Scenario()
  const latest = new Map([
    ['b', 1],
    ['c', 3],
    ['d', 2],
    ['e', 4],
  ])
  const work: Partial<Work> = {
    async run(claim, scope) {
      scenario.start(claim)
      const time = latest.get(nameOf(claim))
      if (time === undefined) return
      await scope.latest('subject', time, 'apply', () => scenario.write('subject', time))
    },
  }
  let wasHit = false
  let isDead = false
  const around: Around = (call, carryOut) => {
    if (call.n !== n) return carryOut()
    wasHit = true
    const kill = () => {
      isDead = true
      first.kill()
    }
    return fault(carryOut, kill)
  }
  const first = scenario.begin(around, work)
  for (const wave of ['ac', 'bd', 'ae']) {
    for (const name of wave) void scenario.deliver(name)
    await pass(400)
  }
  await pass(3_000)
  // What goes wrong heals without a new process, unless it is the process.
  const healed = isDead ? [] : await scenario.verdict(() => 2)
  void first.end(500)
  await pass(8_000)
  first.kill()
  const second = scenario.begin((_, carryOut) => carryOut(), work)
  await pass(5_000)
  const verdict = [...healed, ...(await scenario.verdict(() => 2))]
  if (scenario.acked.size < 5) verdict.push('a delivery was never answered 200')
  let hasEnded = false
  void second.end(0).then(() => {
    hasEnded = true
  })
  await pass(100)
  if (!hasEnded) verdict.push('the second process does not end')
  return { wasHit, verdict }
}

describe('an event that was answered 200 is handled, and not twice without need', () => {
  it.each(Object.entries(faults))('when any one call of the engine %s', async (_, fault) => {
    virtualTime()
    let n = 0
    let wasHit = true
    while (wasHit) {
      n++
      const outcome = await run(n, fault)
      expect(outcome.verdict, `call ${n}`).toEqual([])
      wasHit = outcome.wasHit
    }
    // As many calls as the scenario makes: a sweep that ended early would say nothing.
    expect(n).toBeGreaterThan(25)
  })
})
