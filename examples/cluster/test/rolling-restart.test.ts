import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { accountOf } from '../src/account.ts'
import { startCluster } from '../src/cluster.ts'
import { drained } from '../src/drained.ts'
import { gatherEvidence } from '../src/gather-evidence.ts'
import { startLoad } from '../src/load.ts'

const SEED = 7
const BETWEEN_MS = 500
/** Several, because not each worker has an event in hand when it is told to end. */
const ROUNDS = 2

/** Longer than PRESS waits: how fast this machine is at the moment is not what is looked at. */
const TIME_LIMIT_MS = 10_000

test('all four processes end in order and start again, under load: nobody notices', {
  timeout: 240_000,
}, async () => {
  const cluster = await startCluster()
  const breaking = new AbortController()
  onTestFinished(async () => {
    breaking.abort()
    await cluster.clear()
  })
  const load = startLoad(cluster.url, {
    seed: SEED,
    rate: 25,
    timeLimitMs: TIME_LIMIT_MS,
    signal: breaking.signal,
  })
  const members = [...cluster.receivers, ...cluster.workers]
  for (const member of Array<typeof members>(ROUNDS).fill(members).flat()) {
    await delay(BETWEEN_MS)
    expect(await member.stop(), member.process).toBe(0)
    await member.start()
  }
  await delay(BETWEEN_MS)
  await load.stop()
  expect(await drained(cluster, load.sent)).toBe(true)

  const account = accountOf(await gatherEvidence(cluster, load.sent))
  console.log('rolling restart', account)
  // Nor is that a receiver kept to PRESS's limit, or refused at once what would not have kept to it.
  const { '503 budget-exceeded': _late, '503 inbox-behind': _behind, ...failed } = account.failedAttempts
  expect(failed).toEqual({})
  expect(account).toMatchObject({ refused: 0, gaveUp: 0, lost: 0, effectsDoubled: 0, handlerRunsRepeated: 0 })
  expect(account.events).toBeGreaterThan(50)
})
