import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startRun } from './support/run.ts'

const CRASHES = 20
const SEED = 1

const example = new URL('../src/main.ts', import.meta.url)
const forgetful = new URL('./support/forgetful.ts', import.meta.url)

/** When the process is killed, in milliseconds after it began to listen: up to 600, the same for the same seed. */
function moment(round: number): number {
  return createHash('sha256').update(`${SEED} ${round}`).digest().readUInt32BE() % 600
}

test(`${CRASHES} × kill -9 under load: nothing that was acknowledged is lost`, {
  timeout: 120_000,
}, async () => {
  const run = await startRun(example, SEED)
  for (let round = 1; round <= CRASHES; round++) {
    const server = await run.start()
    await delay(moment(round))
    await server.kill()
  }
  const last = await run.start()
  await run.stop()
  const deadLetters = await run.drain()
  expect(await last.stop()).toBe(0)

  const sentAgain = run.reports.filter(({ attempts }) => attempts.length > 1).length
  const account = run.account()
  console.log('kill -9', {
    crashes: CRASHES,
    deliveries: run.reports.length,
    sentAgain,
    deadLetters,
    ...account,
  })
  expect(run.reports.map(({ outcome }) => outcome)).not.toContain('refused')
  expect(run.reports.map(({ outcome }) => outcome)).not.toContain('gave-up')
  expect(sentAgain).toBeGreaterThanOrEqual(CRASHES)
  expect(account.acknowledged).toBeGreaterThan(5 * CRASHES)
  expect(account.lost).toBe(0)
})

test('SIGTERM under load: events in hand finish, nothing is lost or handled twice', {
  timeout: 60_000,
}, async () => {
  const run = await startRun(example, SEED + 1)
  for (let round = 1; round <= 5; round++) {
    const server = await run.start()
    await delay(moment(round))
    expect(await server.stop()).toBe(0)
  }
  const last = await run.start()
  await run.stop()
  await run.drain()
  expect(await last.stop()).toBe(0)

  const account = run.account()
  console.log('SIGTERM', { restarts: 5, deliveries: run.reports.length, ...account })
  expect(account).toMatchObject({ handledTwice: 0, lost: 0 })
  expect(account.acknowledged).toBeGreaterThan(50)
})

test('the account can come out otherwise: an inbox that forgets loses events', {
  timeout: 60_000,
}, async () => {
  const run = await startRun(forgetful, SEED + 2)
  for (let round = 1; round <= 3; round++) {
    const server = await run.start()
    await delay(300)
    await server.kill()
  }
  const last = await run.start()
  await run.stop()
  await last.kill()
  expect(run.account().lost).toBeGreaterThan(0)
})
