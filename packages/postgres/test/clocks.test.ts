import { type Inbox, silentLogger } from '@kyc-webhooks/core'
import { expect, onTestFinished, test } from 'vitest'
import { nonce, receipt } from '../../testing/src/inbox-samples.ts'
import { workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()
const SKEW_MS = 240_000
const slow = () => Date.now() - SKEW_MS
const fast = () => Date.now() + SKEW_MS

function open(): Inbox {
  const inbox = postgresInbox({ connectionString: database.url })
  onTestFinished(() => inbox.close())
  return inbox
}

test('a nonce that a slow instance recorded is used for a fast one, until it expires by the server', async () => {
  const [a, b] = [open(), open()]
  const brings = (id: string, receivedAt: number, ttlMs: number) =>
    receipt(id, {
      receivedAt,
      nonce: { ...nonce('n'), expiresAt: receivedAt + ttlMs },
    })
  expect(await a.record(brings('a', slow(), 60_000))).toBe('recorded')
  expect(await b.record(brings('b', fast(), 60_000))).toBe('nonce-reused')
  await database.query(`UPDATE kyc_webhooks.nonce SET expires_at = now()`)
  expect(await b.record(brings('b', slow(), 60_000))).toBe('recorded')
})

test('what a fast instance recorded is handled at once, by a slow one too, and again after its delay', async () => {
  const [a, b] = [open(), open()]
  const attempts: number[] = []
  const run = async ({ attempt }: { attempt: number }) => {
    attempts.push(attempt)
    if (attempt < 3) throw new Error('not yet')
  }
  const retry = { attempts: 5, firstDelayMs: 50, factor: 1, maxDelayMs: 50, crashes: 3 }
  const startedAt = performance.now()
  await a.record(receipt('from the future', { receiver: 'future', receivedAt: fast() }))
  b.work(workOf(run, { receiver: 'future', now: slow, retry, logger: silentLogger }))
  await expect.poll(() => a.events({ receiver: 'future', state: 'done' })).toHaveLength(1)
  expect(attempts).toEqual([1, 2, 3])
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('how long an event waits is told by the server, whatever the instance that recorded it thinks', async () => {
  const inbox = open()
  await inbox.record(receipt('ahead', { receiver: 'uip', receivedAt: fast() }))
  await inbox.record(receipt('behind', { receiver: 'uip', receivedAt: slow() }))
  const { lagMs } = await inbox.health()
  expect(lagMs).toBeGreaterThan(0)
  expect(lagMs).toBeLessThan(10_000)
})
