import { randomUUID } from 'node:crypto'
import { isKycWebhookError } from '@kyc-webhooks/core'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { arriving, workOf } from '../../testing/src/inbox-work.ts'
import { migrationSql, postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A database that is made and set up like this, dropped when the test is over. */
async function databaseWith(made: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = `kyc_test_${randomUUID().replaceAll('-', '')}`
  await run(database.url, `CREATE DATABASE ${name} TEMPLATE template0 ${made}`)
  onTestFinished(() => run(database.url, `DROP DATABASE ${name} WITH (FORCE)`))
  for (const [setting, value] of Object.entries(settings)) {
    await run(database.url, `ALTER DATABASE ${name} SET ${setting} = ${value}`)
  }
  return Object.assign(new URL(database.url), { pathname: `/${name}` }).href
}

function inboxAt(connectionString: string, migrate = true, schema = 'kyc_webhooks') {
  const inbox = postgresInbox({ connectionString, migrate, schema, maxConnections: 3 })
  onTestFinished(() => inbox.close())
  return inbox
}

async function refusal(url: string, migrate: boolean): Promise<string> {
  const error = await inboxAt(url, migrate)
    .open()
    .catch((error) => error)
  if (!isKycWebhookError(error, 'inbox-unusable')) throw error
  return error.message
}

test.each(['LATIN1', 'SQL_ASCII'])('a database in %s is refused when it is opened', async (encoding) => {
  const url = await databaseWith(`ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`)
  for (const migrate of [true, false])
    expect(await refusal(url, migrate)).toContain(`UTF8, and not ${encoding}`)
})

test('a database in which backslashes escape is refused when it is opened', async () => {
  const url = await databaseWith('', { standard_conforming_strings: 'off' })
  for (const migrate of [true, false]) {
    expect(await refusal(url, migrate)).toContain('standard_conforming_strings')
  }
  const own = new URL(url)
  own.searchParams.set('options', '-c standard_conforming_strings=on')
  const inbox = inboxAt(own.href)
  inbox.work(workOf(async () => {}))
  expect(await inbox.record(arriving('own options'))).toBe('recorded')
  await until(inbox, { done: 1 })
})

test('a database that is read-only is refused when it is opened', async () => {
  const url = await databaseWith('', { default_transaction_read_only: 'on' })
  for (const migrate of [true, false]) {
    expect(await refusal(url, migrate)).toContain('default_transaction_read_only')
  }
})

test.each(['user', 'order', 'all'])('a schema may have the name %s', async (schema) => {
  const inbox = inboxAt(database.url, true, schema)
  inbox.work(workOf(async () => {}))
  expect(await inbox.record(arriving('a'))).toBe('recorded')
  expect(await inbox.record(arriving('a'))).toBe('duplicate')
  await until(inbox, { done: 1 })
  await inbox.close()
  const again = inboxAt(database.url, false, schema)
  await again.open()
  expect(await again.stats()).toMatchObject({ done: 1 })
})

test('the printed SQL and a move work with a schema whose name is a word of SQL', async () => {
  await run(database.url, migrationSql('select'))
  const from = inboxAt(database.url, false, 'select')
  const to = inboxAt(database.url, true, 'from')
  await from.record(arriving('a'))
  const { moveInbox } = await import('@kyc-webhooks/core')
  expect(await moveInbox(from, to)).toMatchObject({ events: 1 })
  to.work(workOf(async () => {}))
  await until(to, { done: 1 })
})
