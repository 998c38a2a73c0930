import { expect, it } from 'vitest'
import type { AttemptScope, Work } from '../../src/inbox/inbox.ts'
import type { Claim } from '../../src/inbox/port.ts'
import { Scenario } from './scenario.ts'
import { type Around, hang, nameOf, pass, sleep, unavailable, virtualTime } from './support.ts'

const RUNS = 300
const FIRST_SEED = 1
const CONCURRENCY = 3

/** Chance that repeats: https://github.com/bryc/code/blob/master/jshash/PRNGs.md (mulberry32). */
function chanceOf(seed: number) {
  let state = seed
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    of: (probability: number) => random() < probability,
    upTo: (most: number) => Math.floor(random() * most),
  }
}

/** Three processes, one after the other, on one store. Resolves to what happened, and to what should not have. */
async function run(seed: number): Promise<{ trace: string[]; verdict: string[] }> {
  const chance = chanceOf(seed)
  const scenario = new Scenario()
  const trace: string[] = []
  const failures = new Map<string, number>()
  const startedAt = Date.now()
  let faults = 0
  let isLast = false
  const tell = (what: string) => trace.push(`${Date.now() - startedAt} ${what}`)

  const faulty: Around = async (call, carryOut) => {
    await sleep(chance.of(0.05) ? chance.upTo(3_000) : chance.upTo(40))
    const isLost = chance.of(0.05)
    if (!isLost && !chance.of(0.08)) return carryOut()
    if (isLost) await carryOut()
    faults++
    tell(`${call.method} ${isLost ? 'is carried out, its answer lost' : 'fails'}`)
    throw chance.of(0.8) ? unavailable() : new TypeError()
  }
  const sound: Around = async (_, carryOut) => {
    await sleep(chance.upTo(40))
    return carryOut()
  }

  async function handle(claim: Claim, scope: AttemptScope): Promise<void> {
    const name = nameOf(claim)
    const index = Number(name.slice(1))
    tell(`${name} starts`)
    const write = async () => {
      if (index % 2 === 0) scenario.write(`${index % 3}`, (index * 7) % 11)
      await sleep(chance.upTo(900))
      const isHanging = chance.of(0.03)
      if (isLast || (!isHanging && !chance.of(0.15))) return
      failures.set(name, (failures.get(name) ?? 0) + 1)
      if (isHanging) await hang()
      throw new Error()
    }
    if (index % 2 === 0) await scope.latest(`${index % 3}`, (index * 7) % 11, 'apply', write)
    else await write()
  }

  /** Hands are counted from outside: an attempt leaves one when it ends or is cut off. */
  function counting(): Work['run'] {
    const inHand = new Set<Claim>()
    return async (claim, scope) => {
      scenario.start(claim)
      inHand.add(claim)
      scope.signal.addEventListener('abort', () => inHand.delete(claim))
      if (inHand.size > CONCURRENCY) scenario.broken.push(`${inHand.size} at once`)
      if ([...inHand].filter(({ crashes }) => crashes > 0).length > 1)
        scenario.broken.push('two suspects at once')
      await handle(claim, scope).finally(() => inHand.delete(claim))
    }
  }

  const begin = (around: Around) => scenario.begin(around, { run: counting(), concurrency: CONCURRENCY })
  let process = begin(faulty)
  const names = Array.from({ length: 12 }, (_, index) => `e${index}`)
  for (const name of names)
    setTimeout(() => void scenario.deliver(name, () => 300 + chance.upTo(900)), chance.upTo(6_000))
  for (const around of [faulty, sound]) {
    await pass(2_000 + chance.upTo(5_000))
    const isKilled = chance.of(0.5)
    tell(isKilled ? 'the process is killed' : 'the process ends')
    if (!isKilled) {
      void process.end(chance.upTo(1_500))
      await pass(8_000)
    }
    process.kill()
    faults++
    isLast = around === sound
    process = begin(around)
  }
  await pass(20_000)
  const verdict = await scenario.verdict((name) => 1 + faults + (failures.get(name) ?? 0))
  if (scenario.acked.size < names.length) verdict.push('a delivery was never answered 200')
  let hasEnded = false
  void process.end(0).then(() => {
    hasEnded = true
  })
  await pass(1_000)
  if (!hasEnded) verdict.push('the last process does not end')
  return { trace, verdict }
}

it(`keeps its promise in ${RUNS} random schedules`, { timeout: 60_000 }, async () => {
  virtualTime()
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const { trace, verdict } = await run(seed)
    expect(verdict, `seed ${seed}:\n${trace.join('\n')}`).toEqual([])
  }
})

it('can repeat a schedule from its seed', async () => {
  virtualTime()
  const first = await run(FIRST_SEED)
  expect(first.trace.length).toBeGreaterThan(12)
  await expect(run(FIRST_SEED)).resolves.toEqual(first)
})
