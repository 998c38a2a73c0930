import { type Inbox, KycWebhookError } from '@kyc-webhooks/core'
import { expect, onTestFinished, test } from 'vitest'
import { arriving, workOf } from '../../testing/src/inbox-work.ts'
import { migrationSql, postgresInbox } from '../src/index.ts'
import { poolOfTransactions } from './support/pooler.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()

function inboxIn(schema: string, migrate: boolean): Inbox {
  const inbox = postgresInbox({ connectionString: database.url, schema, migrate, maxConnections: 3 })
  onTestFinished(() => inbox.close())
  return inbox
}

test('many instances that start at once on an empty database make one inbox', async () => {
  const inboxes = Array.from({ length: 8 }, () => inboxIn('race', true))
  const outcomes = await Promise.all(inboxes.map((inbox) => inbox.record(arriving('a'))))
  expect(outcomes.toSorted()).toEqual([...Array(7).fill('duplicate'), 'recorded'])
  expect(await database.query('SELECT version FROM race.migration')).toEqual([
    ...[{ version: 1 }, { version: 2 }, { version: 3 }, { version: 4 }],
  ])
})

test('many that start at once behind a pooler of transactions make one inbox', async () => {
  const inboxes = Array.from({ length: 8 }, () => {
    const pool = poolOfTransactions(database.url)
    const inbox = postgresInbox({ pool, schema: 'pooled', maxConnections: 3 })
    onTestFinished(async () => {
      await inbox.close()
      await pool.end()
    })
    return inbox
  })
  await Promise.all(inboxes.map((inbox) => inbox.open()))
  const outcomes = await Promise.all(inboxes.map((inbox) => inbox.record(arriving('a'))))
  expect(outcomes.toSorted()).toEqual([...Array(7).fill('duplicate'), 'recorded'])
})

test('without `migrate` nothing is created, and the message says what to do', async () => {
  await expect(inboxIn('absent', false).open()).rejects.toMatchObject({
    code: 'inbox-unusable',
    message: expect.stringContaining('migrationSql'),
  })
  expect(await database.query(`SELECT to_regnamespace('absent') AS schema`)).toEqual([{ schema: null }])
})

test('an inbox works on tables that the printed SQL made', async () => {
  await database.query(migrationSql('printed'))
  const inbox = inboxIn('printed', false)
  inbox.work(workOf(async () => {}))
  expect(await inbox.record(arriving('a'))).toBe('recorded')
  await until(inbox, { done: 1 })
})

test('the printed SQL makes the same tables as the inbox itself', async () => {
  await inboxIn('own', true).open()
  await database.query(migrationSql('by_hand'))
  const columns = (schema: string) =>
    database.query(
      `SELECT replace(table_schema, $1, 'x') AS schema, table_name, column_name, data_type, is_nullable
       FROM information_schema.columns WHERE table_schema IN ($1, $1 || '_boss') ORDER BY 1, 2, 3`,
      [schema],
    )
  const own = await columns('own')
  expect(own.length).toBeGreaterThan(40)
  expect(await columns('by_hand')).toEqual(own)
})

test('tables of a newer version are left alone', async () => {
  await inboxIn('newer', true).open()
  await database.query('INSERT INTO newer.migration (version) VALUES (99)')
  for (const migrate of [true, false]) {
    await expect(inboxIn('newer', migrate).open()).rejects.toMatchObject({ code: 'inbox-newer' })
  }
})

test.each([
  {},
  { connectionString: '' },
  { connectionString: 'postgres://x', schema: 'Has Capitals' },
  { connectionString: 'postgres://x', schema: 'x; DROP TABLE y' },
  { connectionString: 'postgres://x', heartbeatSeconds: 9 },
  { connectionString: 'postgres://x', commitTimeoutMs: 0 },
  { connectionString: 'postgres://x', maxConnections: 1.5 },
])('options that are not usable are refused at once: %j', (options) => {
  expect(() => postgresInbox(options)).toThrow(KycWebhookError)
  expect(() => postgresInbox(options)).toThrow(expect.objectContaining({ code: 'option-invalid' }))
})
