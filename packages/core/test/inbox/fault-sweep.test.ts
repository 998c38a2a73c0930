import { describe, expect, it } from 'vitest'
import type { Work } from '../../src/inbox/inbox.ts'
import { Scenario } from './scenario.ts'
import { type Around, hang, nameOf, pass, sleep, unavailable, virtualTime } from './support.ts'

/** What goes wrong with one call of the engine; `ends` is told when only another process can make up for it. */
type Fault = (
  carryOut: () => Promise<unknown>,
  ends: { killed: () => void; stuck: () => void },
) => Promise<unknown>

const faults: Record<string, Fault> = {
  fails: () => Promise.reject(unavailable()),
  'fails with an error of its own': () => Promise.reject(new TypeError()),
  'is carried out, but its answer is lost': async (carryOut) => {
    await carryOut()
    throw unavailable()
  },
  'takes two seconds': async (carryOut) => {
    await sleep(2_000)
    return carryOut()
  },
  'is never answered': (_, { stuck }) => {
    stuck()
    return hang()
  },
  'is carried out and never answered': async (carryOut, { stuck }) => {
    await carryOut()
    stuck()
    return hang()
  },
  'comes when the process dies': (_, { killed }) => {
    killed()
    return hang()
  },
  'is the last thing before the process dies': async (carryOut, { killed }) => {
    await carryOut()
    killed()
    return hang()
  },
}

/** Two processes, one after the other; the `n`-th call of the first goes wrong. Resolves to whether there was one. */
async function run(n: number, fault: Fault): Promise<{ wasHit: boolean; verdict: string[] }> {
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
  let isOver = false
  const around: Around = (call, carryOut) => {
    if (call.n !== n) return carryOut()
    wasHit = true
    const stuck = () => {
      isOver = true
    }
    const killed = () => {
      isOver = true
      first.kill()
    }
    return fault(carryOut, { stuck, killed })
  }
  const first = scenario.begin(around, work)
  for (const wave of ['ac', 'bd', 'ae']) {
    for (const name of wave) void scenario.deliver(name)
    await pass(400)
  }
  await pass(3_000)
  // What goes wrong heals without a new process, unless it is the process.
  const healed = isOver ? [] : await scenario.verdict(() => 2)
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
