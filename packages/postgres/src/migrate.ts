import { KycWebhookError } from '@kyc-webhooks/core'
import type { Queryable } from './database.ts'
import { quoted } from './options.ts'
import { foundation, migrationsFrom, SCHEMA_VERSION } from './schema.ts'

/** Whatever limits the role has: another instance may be at it, and a table may be large. */
const BEGIN = [
  // Whoever waited for the lock must see what the other has done.
  'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  ...['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'].map(
    (limit) => `SET LOCAL ${limit} = 0`,
  ),
].join('; ')

/**
 * Brings the tables up to date, all of it or nothing; then runs `then`. Several instances may start at once: one does it,
 * the others wait for it.
 */
export async function migrate(client: Queryable, schema: string, then: () => Promise<void>): Promise<void> {
  await inTurn(client, schema, async () => {
    await client.query(foundation(schema))
    for (const { sql } of migrationsFrom(await versionOf(client, schema), schema)) await client.query(sql)
  })
  await inTurn(client, schema, then)
}

/** The lock is the transaction's: behind a pooler such as PgBouncer the next one may run in another session. */
async function inTurn(client: Queryable, schema: string, work: () => Promise<void>): Promise<void> {
  try {
    await client.query(BEGIN)
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`kyc-webhooks ${schema}`])
    await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** Throws unless the tables are there and of the version that this package works with. */
export async function checkVersion(client: Queryable, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS there', [
    `${quoted(schema)}.migration`,
  ])
  const version = rows[0]?.there === true ? await versionOf(client, schema) : 0
  if (version === SCHEMA_VERSION) return
  throw new KycWebhookError(
    'inbox-unusable',
    `schema ${schema} has version ${version}, wanted ${SCHEMA_VERSION}: run what migrationSql() prints, or set \`migrate\``,
  )
}

async function versionOf(client: Queryable, schema: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT coalesce(max(version), 0) AS version FROM ${quoted(schema)}.migration`,
  )
  const version = Number(rows[0]?.version)
  if (version <= SCHEMA_VERSION) return version
  throw new KycWebhookError('inbox-newer', `schema ${version}, known here: ${SCHEMA_VERSION}; update`)
}
