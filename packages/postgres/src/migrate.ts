import { KycWebhookError } from '@kyc-webhooks/core'
import type { Queryable } from './database.ts'
import { quoted } from './options.ts'
import { foundation, migrationsFrom, SCHEMA_VERSION } from './schema.ts'

/**
 * Brings the tables up to date, all of it or nothing; `then` runs before the lock is let go. Several instances may start at
 * once: one does it, the others wait for it.
 */
export async function migrate(client: Queryable, schema: string, then: () => Promise<void>): Promise<void> {
  const lock = [`kyc-webhooks ${schema}`]
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', lock)
  try {
    await client.query('BEGIN')
    await client.query(foundation(schema))
    for (const { sql } of migrationsFrom(await versionOf(client, schema), schema)) await client.query(sql)
    await client.query('COMMIT')
    await then()
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', lock)
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
