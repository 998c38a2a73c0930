/** Stimulus 112: a hundred thousand events that wait for their handlers. The number is that of the reliability catalogue. */
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Inbox } from '@kyc-webhooks/core'
import { receipt } from '@kyc-webhooks/testing'
import { expect, onTestFinished, test } from 'vitest'
import { sorted } from '../../testing/src/inbox-samples.ts'
import { arriving, workOf } from '../../testing/src/inbox-work.ts'
import { sqliteEngine, sqliteInbox } from '../src/index.ts'
import { temporaryFile } from './support/stores.ts'

const EVENTS = 100_000
const BATCH = 250
/** What all of them take at least, once they are in memory. */
const ALL_BYTES = EVENTS * 300

async function fill(file: string): Promise<void> {
  const engine = sqliteEngine({ file, thread: false })
  await engine.open()
  const receivedAt = Date.now()
  for (let first = 0; first < EVENTS; first += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, index) => `waiting ${first + index}`)
    const events = (name: string) => [
      { type: 'kyc.completed', json: JSON.stringify({ name, note: 'x'.repeat(250) }), unsigned: [] },
    ]
    await engine.commit(sorted(ids.map((id) => receipt(id, { receivedAt, events: events(id) }))), [])
  }
  await engine.close()
}

/** An inbox whose worker is busy, with what it has: sixteen handlers that take their time. */
function working(file: string): Inbox {
  const inbox = sqliteInbox({ file })
  const worker = inbox.work(workOf(() => sleep(5), { concurrency: 16 }))
  onTestFinished(async () => {
    await worker.stop(1_000)
    await inbox.close()
  })
  return inbox
}

async function timesOf(inbox: Inbox, round: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < 50; n++) {
    const startedAt = performance.now()
    expect(await inbox.record(arriving(`new ${round} ${n}`))).toBe('recorded')
    times.push(performance.now() - startedAt)
  }
  return times
}

const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test('112 a hundred thousand events that wait delay no record, and do not wait in memory', {
  timeout: 180_000,
}, async () => {
  const file = temporaryFile()
  await fill(file)
  const before = heapBytes()
  const [full, empty] = [working(file), working(temporaryFile())]
  await Promise.all([full.open(), empty.open()])

  const times = { full: [] as number[], empty: [] as number[] }
  for (let round = 0; round < 6; round++) {
    times.full.push(...(await timesOf(full, round)))
    times.empty.push(...(await timesOf(empty, round)))
  }
  const { waiting } = await full.stats()
  expect(waiting).toBeGreaterThan(EVENTS / 2)
  console.log(
    `record: ${median(times.full).toFixed(2)} ms beside ${waiting} events, ${median(times.empty).toFixed(2)} ms without`,
  )
  // Handlers that run all the time cost something; that there are many more to run must not.
  expect(median(times.full)).toBeLessThan(3 * median(times.empty) + 5)
  expect(heapBytes() - before).toBeLessThan(ALL_BYTES / 2)
})
