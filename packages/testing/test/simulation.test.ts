import { expect, test } from 'vitest'
import { describe as describeSchedule, runSchedule, runSchedules } from '../src/simulation/index.ts'
import { sabotages } from './support/sabotages.ts'

/** More: `SCHEDULES=10000 npx vitest run test/simulation.test.ts`. Another place to begin: `SEED=1234`. */
const { SCHEDULES = '2000', SEED = '1' } = process.env
const [schedules, firstSeed] = [Number(SCHEDULES), Number(SEED)]
const timeout = 60_000 + 200 * schedules

test(`keeps its promises in ${schedules} random schedules from seed ${firstSeed}`, { timeout }, async () => {
  const { account, failed } = await runSchedules({ schedules, firstSeed })
  expect(failed && describeSchedule(failed)).toBeUndefined()
  console.log('schedules', account)
  // A simulation in which nothing happens would keep every promise.
  expect(account.acknowledged).toBeGreaterThan(5 * schedules)
  expect(account.kills).toBeGreaterThan(schedules)
  expect(account.faults).toBeGreaterThan(schedules)
  expect(account.refused).toBeGreaterThan(schedules)
  expect(account.handledTwice).toBeGreaterThan(0)
})

test('a schedule repeats exactly from its seed', async () => {
  for (const seed of [1, 2, 3]) {
    const first = await runSchedule(seed, { isTraced: true })
    expect(first.trace.length).toBeGreaterThan(10)
    expect(await runSchedule(seed, { isTraced: true })).toEqual(first)
  }
})

for (const [name, { breaks, sabotage }] of Object.entries(sabotages)) {
  test(`finds, within as many schedules, ${name}`, { timeout }, async () => {
    const { account, failed } = await runSchedules({ schedules, firstSeed, sabotage })
    console.log(`${name}: found in schedule ${account.schedules}: ${failed?.broken[0]}`)
    expect(failed?.broken.map((what) => what.slice(0, 2))).toContain(breaks)
    // The seed alone brings the same again.
    expect(failed && (await runSchedule(failed.seed, { sabotage })).broken).toEqual(failed?.broken)
  })
}
