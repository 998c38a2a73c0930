import type { EncryptionKey } from '@kyc-webhooks/core'
import pg from 'pg'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { arriving, workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()
beforeEach(() => database.clear())

const key = (id: string): EncryptionKey => ({
  id,
  key: Uint8Array.from({ length: 32 }, (_, index) => id.charCodeAt(0) + index),
})
const [old, fresh] = [key('old'), key('fresh')]

async function open(keys: EncryptionKey[]) {
  const inbox = postgresInbox({ connectionString: database.url, encryption: { keys } })
  onTestFinished(() => inbox.close())
  await inbox.open()
  return inbox
}

/** The only delivery and its event, as they are stored. */
async function stored() {
  const [row = {}] = await database.query(
    'SELECT body, context, json FROM kyc_webhooks.delivery JOIN kyc_webhooks.event ON event.delivery = delivery.seq',
  )
  return [row.json, row.body, row.context]
}

/** As `reencrypt` writes them: the event first. */
async function rewrite(run: pg.Client['query'], [json, body, context]: unknown[]) {
  await run('UPDATE kyc_webhooks.event SET json = $1', [json])
  await run('UPDATE kyc_webhooks.delivery SET body = $1, context = $2', [body, context])
}

test('an event that is started while it is sealed anew is handled', async () => {
  await (await open([old])).record(arriving('one'))
  const inbox = await open([fresh, old])
  const before = await stored()
  await inbox.reencrypt()
  const after = await stored()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  const query = client.query.bind(client)
  await rewrite(query, before)

  await query('BEGIN')
  await rewrite(query, after)
  inbox.work(workOf(async () => {}))
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query LIKE '%UPDATE%event%'`
  await vi.waitFor(async () => expect(await database.query(waiting)).toHaveLength(1), {
    timeout: 10_000,
    interval: 1,
  })
  await query('COMMIT')
  await until(inbox, { waiting: 0, running: 0 })
  expect(await inbox.stats()).toMatchObject({ done: 1, dead: 0 })
})

test('several processes may seal anew at once', async () => {
  const inbox = await open([old])
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => inbox.record(arriving(`${index}`))))
  const all = [await open([fresh, old]), await open([fresh, old]), await open([fresh, old])]
  await Promise.all(all.map((each) => each.reencrypt()))
  expect(await (await open([fresh])).events({ limit: 1_000 })).not.toContainEqual(
    expect.objectContaining({ unreadable: expect.anything() }),
  )
})
