import { type InboxOptions, KycWebhookError } from '@kyc-webhooks/core'
import type { Pool } from 'pg'

/** Where and how the inbox is stored. */
export interface PostgresInboxOptions extends InboxOptions {
  /** For example `postgres://user@host/database`. Needed unless `pool` is given. */
  connectionString?: string
  /** A pool that you own: it is used for recording and left open. pg-boss and handlers get connections of their own, made from its options. */
  pool?: Pool
  /** Schema of the inbox's tables; pg-boss's are in `<schema>_boss`. Lower-case letters, digits and underscores, at most 40. @default 'kyc_webhooks' */
  schema?: string
  /** Create and update the tables when the inbox is opened. With `false` they must be there: see `migrationSql`. @default true */
  migrate?: boolean
  /** Connections for recording; and as many again, when needed, for handlers with `transactional` or `latestOnly`, each of which holds one while it runs. @default 20 */
  maxConnections?: number
  /**
   * How long a commit may take with all its repetitions, in milliseconds; then its connection is given up. A reply waits no
   * longer than the receiver's budget, whatever this is. @default 2_500
   */
  commitTimeoutMs?: number
  /** A worker that was not heard of for so long has died, and others take its events over; in seconds, at least 10. That of the process which recorded an event counts. @default 20 */
  heartbeatSeconds?: number
}

export interface PostgresSettings {
  connectionString: string | undefined
  pool: Pool | undefined
  schema: string
  bossSchema: string
  migrate: boolean
  maxConnections: number
  commitTimeoutMs: number
  heartbeatSeconds: number
}

/** The longest that Node's timers can wait. */
const MAX_TIMER_MS = 2_147_483_647

/** Throws `option-invalid` for an option that is not usable. Every default is applied here. */
export function resolveSettings(options: PostgresInboxOptions): PostgresSettings {
  const { connectionString, pool, migrate = true } = options
  if ((connectionString === undefined) === (pool === undefined)) {
    invalid('connectionString', 'a connection string or a pool, one of the two')
  }
  if (connectionString !== undefined && (typeof connectionString !== 'string' || connectionString === '')) {
    invalid('connectionString', 'for example postgres://user@host/database')
  }
  if (typeof migrate !== 'boolean') invalid('migrate', 'true or false')
  const schema = checkSchema(options.schema ?? 'kyc_webhooks')
  return {
    connectionString,
    pool,
    schema,
    bossSchema: bossSchemaOf(schema),
    migrate,
    maxConnections: whole('maxConnections', options.maxConnections ?? 20, 1, 10_000),
    commitTimeoutMs: whole('commitTimeoutMs', options.commitTimeoutMs ?? 2_500, 1, MAX_TIMER_MS),
    heartbeatSeconds: whole('heartbeatSeconds', options.heartbeatSeconds ?? 20, 10, 3_600),
  }
}

/** A name that says the same with quotes and without: pg-boss puts its own into SQL as it is. */
export function checkSchema(schema: string): string {
  if (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,39}$/.test(schema) || schema.startsWith('pg_')) {
    invalid('schema', 'lower-case letters, digits and underscores, at most 40, not pg_')
  }
  return schema
}

/** The schema as it stands in SQL: its name may be a word of SQL, such as `user`. That of pg-boss never is. */
export const quoted = (schema: string): string => `"${schema}"`

export const bossSchemaOf = (schema: string): string => `${schema}_boss`

function whole(option: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    invalid(option, `a whole number from ${least} to ${most}`)
  }
  return value
}

/** Throws `option-invalid`. */
export function invalid(option: string, wanted: string): never {
  throw new KycWebhookError('option-invalid', `${option} (wanted: ${wanted})`)
}
