import type { Receipt } from '@kyc-webhooks/core'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { bytes, nonce, receipt } from '../../testing/src/inbox-samples.ts'
import { arriving } from '../../testing/src/inbox-work.ts'
import { isRepeatable } from '../src/failure.ts'
import { postgresInbox } from '../src/index.ts'
import { record } from '../src/recorder.ts'
import { statements } from '../src/sql.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()
const sql = statements('kyc_webhooks')

async function open() {
  const inbox = postgresInbox({ connectionString: database.url, maxConnections: 3 })
  onTestFinished(() => inbox.close())
  await inbox.open()
  return inbox
}

/** Two instances, and a delivery in quarantine. */
async function quarantined(changes: Partial<Receipt>) {
  const [a, b] = [await open(), await open()]
  await database.clear()
  const delivery = arriving('bad', { key: undefined, ...changes })
  expect(await a.record({ ...delivery, events: [], quarantine: 'timestamp-stale' })).toBe('quarantined')
  const [row] = await a.quarantined()
  return { a, b, redriven: { ...delivery, redriven: row?.seq ?? 0 } }
}

async function client() {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  return client
}

test.each(Array.from({ length: 10 }, (_, index) => index))(
  'a delivery without a key that two instances redrive at once is recorded once (%i)',
  async () => {
    const { a, b, redriven } = await quarantined({})
    const outcomes = await Promise.all([a, b].map((inbox) => inbox.record(redriven)))
    expect(outcomes.toSorted()).toEqual(['duplicate', 'recorded'])
    expect(await a.stats()).toMatchObject({ waiting: 1, quarantined: 0 })
  },
)

test('whoever comes second waits for what becomes of the first', async () => {
  const { a, redriven } = await quarantined({})
  const first = await client()
  await first.query(sql.unquarantine, [redriven.redriven])
  const outcome = a.record(redriven)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await first.query('ROLLBACK')
  expect(await outcome).toBe('recorded')
})

test('a delivery that is redriven twice in one commit is recorded once', async () => {
  const { a, redriven } = await quarantined({ nonce: nonce('twice', true, Date.now()) })
  const outcomes = await Promise.all([a.record(redriven), a.record(redriven)])
  expect(outcomes.toSorted()).toEqual(['duplicate', 'recorded'])
  expect(await a.stats()).toMatchObject({ waiting: 1, quarantined: 0 })
})

test('a delivery that two instances redrive at once into quarantine again keeps its row', async () => {
  const { a, b, redriven } = await quarantined({})
  const again = { ...redriven, events: [], quarantine: 'body-unusable' } as const
  const outcomes = await Promise.all([a.record(again), a.record(again), b.record(again)])
  expect(outcomes).toEqual(['quarantined', 'quarantined', 'quarantined'])
  expect(await a.quarantined()).toMatchObject([{ seq: redriven.redriven, reason: 'body-unusable', count: 1 }])
})

test('of a delivery that was discarded before it is redriven nothing is written', async () => {
  const { a, b, redriven } = await quarantined({ ...arriving('bad'), nonce: nonce('n', false, Date.now()) })
  expect(await b.discard({ quarantined: [redriven.redriven] })).toBe(1)
  expect(await a.record(redriven)).toBe('duplicate')
  expect(await a.record({ ...redriven, events: [], quarantine: 'body-unusable' })).toBe('duplicate')
  expect(await a.stats()).toMatchObject({ waiting: 0, quarantined: 0 })
  for (const table of ['seen', 'nonce', 'delivery', 'quarantine']) {
    expect(await database.query(`SELECT FROM kyc_webhooks.${table}`), table).toEqual([])
  }
})

test('the row of a known key cannot be purged before it is read', async () => {
  await open()
  await database.clear()
  const delivery = receipt('known')
  const remember = [delivery.receivedAt, [delivery.key], [delivery.digest], [1_000]]
  const first = await client()
  expect((await first.query(sql.rememberKeys, remember)).rowCount).toBe(1)
  await first.query('COMMIT; BEGIN')
  expect((await first.query(sql.rememberKeys, remember)).rowCount).toBe(0)
  const purger = await client()
  expect((await purger.query(sql.purgeKeys, [delivery.receivedAt + 2_000, 100])).rowCount).toBe(0)
  expect((await first.query(sql.knownKeys, [delivery.receivedAt, [delivery.key]])).rowCount).toBe(1)
  await first.query('COMMIT')
  expect((await purger.query(sql.purgeKeys, [delivery.receivedAt + 2_000, 100])).rowCount).toBe(1)
})

test('a key that is gone between two statements fails the transaction, which is repeated', async () => {
  const inbox = await open()
  await database.clear()
  const delivery = arriving('gone', { body: bytes('{}') })
  await inbox.record(delivery)
  const inner = await client()
  const forgetful = {
    async query(text: string, values?: unknown[]) {
      if (text === sql.knownKeys) await inner.query('DELETE FROM kyc_webhooks.seen')
      return inner.query(text, values)
    },
  }
  const error = await record({ client: forgetful, sql, now: null }, [delivery]).catch((error) => error)
  expect(isRepeatable(error)).toBe(true)
})
