import type { Receipt } from '@kyc-webhooks/core'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { arriving } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { statements } from '../src/sql.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()

function open() {
  const inbox = postgresInbox({ connectionString: database.url })
  onTestFinished(() => inbox.close())
  return inbox
}

/** A connection in a transaction of its own, as another instance would have. */
async function other() {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  const insert = ({ key }: Receipt) =>
    client.query(`INSERT INTO kyc_webhooks.seen VALUES (decode($1, 'hex'), '', now() + interval '1 day')`, [
      key,
    ])
  return { client, insert }
}

test('a delivery that another instance holds up does not hold up the others', async () => {
  const inbox = open()
  await inbox.open()
  const receipts = Array.from({ length: 20 }, (_, index) => arriving(`${index}`))
  const blocked = receipts[7] as Receipt
  const { client, insert } = await other()
  await insert(blocked)
  const startedAt = performance.now()
  const results = await Promise.allSettled(receipts.map((receipt) => inbox.record(receipt)))
  expect(performance.now() - startedAt).toBeLessThan(2_500)
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [[index, result.reason.code]] : [],
  )
  expect(failed).toEqual([[7, 'inbox-unavailable']])
  await client.query('ROLLBACK')
  expect(await inbox.record(blocked)).toBe('recorded')
})

test('a deadlock is over before the server has noticed it', async () => {
  const inbox = open()
  await inbox.open()
  const [a, b] = ['deadlock a', 'deadlock b']
    .map((id) => arriving(id))
    .sort((x, y) => ((x.key ?? '') < (y.key ?? '') ? -1 : 1)) as [Receipt, Receipt]
  const { client, insert } = await other()
  await insert(b)
  const outcomes = Promise.allSettled([inbox.record(a), inbox.record(b)])
  await new Promise((resolve) => setTimeout(resolve, 50))
  const startedAt = performance.now()
  await insert(a)
  expect(performance.now() - startedAt).toBeLessThan(900)
  await client.query('ROLLBACK')
  await outcomes
  for (const receipt of [a, b]) expect(['recorded', 'duplicate']).toContain(await inbox.record(receipt))
  expect((await inbox.events({ limit: 100 })).filter(({ json }) => json.includes('deadlock'))).toHaveLength(2)
})

test.each(['40001', '40P01'])(
  'a commit that the server asks to repeat (%s) is repeated in time',
  async (sqlState) => {
    const inbox = open()
    await inbox.open()
    await database.query(`
    CREATE SEQUENCE tries_${sqlState};
    CREATE FUNCTION fail_${sqlState}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('tries_${sqlState}') <= 2 THEN RAISE EXCEPTION 'again' USING ERRCODE = '${sqlState}'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER fails BEFORE INSERT ON kyc_webhooks.seen FOR EACH ROW EXECUTE FUNCTION fail_${sqlState}()`)
    const startedAt = performance.now()
    expect(await inbox.record(arriving(`again ${sqlState}`))).toBe('recorded')
    expect(performance.now() - startedAt).toBeLessThan(400)
    await database.query('DROP TRIGGER fails ON kyc_webhooks.seen')
  },
)

test('of two instances that delete the last events of a delivery one deletes the delivery', async () => {
  const inbox = open()
  const [first, second] = [1, 2].map((n) => ({ type: 't', json: `{"last":${n}}`, unsigned: [] }))
  await inbox.record({ ...arriving('last'), events: [first, second] as Receipt['events'] })
  await database.query(`UPDATE kyc_webhooks.event SET state = 'dead' WHERE json LIKE '{"last"%'`)
  const [a, b] = (await inbox.events({ state: 'dead' })).map(({ seq }) => seq)
  const deliveries = () => database.query(`SELECT FROM kyc_webhooks.delivery WHERE context LIKE '%"last"%'`)
  expect(await deliveries()).toHaveLength(1)
  const { client } = await other()
  const sql = statements('kyc_webhooks')
  const { rows } = await client.query(sql.discardEvents, [[a]])
  const delivery = [rows.map((row) => row.delivery)]
  await client.query(sql.lockDeliveries, delivery)
  await client.query(sql.purgeDeliveries, delivery)
  const discarding = inbox.discard({ events: [b ?? 0] })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await client.query('COMMIT')
  expect(await discarding).toBe(1)
  expect(await deliveries()).toHaveLength(0)
})

test('a value that the server refuses fails its own delivery alone', async () => {
  const inbox = open()
  const bad = { ...arriving('bad'), digest: 'not hex' }
  const results = await Promise.allSettled(
    [arriving('good 1'), bad, arriving('good 2')].map((each) => inbox.record(each)),
  )
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a commit is durable also where the database says otherwise', async () => {
  await database.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
  )
  const inbox = open()
  await inbox.open()
  await database.query(`
    CREATE TABLE durability (setting text);
    CREATE FUNCTION note_durability() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO durability VALUES (current_setting('synchronous_commit')); RETURN NEW;
    END $$;
    CREATE TRIGGER notes BEFORE INSERT ON kyc_webhooks.delivery FOR EACH ROW EXECUTE FUNCTION note_durability()`)
  await inbox.record(arriving('durable'))
  expect(await database.query('SELECT setting FROM durability')).toEqual([{ setting: 'on' }])
})
