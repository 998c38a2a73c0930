import { KycWebhookError } from '@kyc-webhooks/core'
import type { Queryable } from './database.ts'

const SETTINGS = `
  SELECT current_setting('server_encoding') AS encoding, current_setting('standard_conforming_strings') AS strings,
    current_setting('default_transaction_read_only') AS "readOnly", pg_is_in_recovery() AS "isStandby"`

/** Throws unless the database can hold an inbox: what it could not store would be refused again and again. */
export async function checkServer(client: Queryable): Promise<void> {
  const [{ encoding, strings, readOnly, isStandby } = {}] = (await client.query(SETTINGS)).rows
  // SQL_ASCII checks nothing and converts nothing: what others write there is in no encoding that is known.
  if (encoding !== 'UTF8') unusable(`the database's encoding is to be UTF8, and not ${encoding}`)
  // pg-boss's statements have backslashes in them. Not set here: poolers such as PgBouncer refuse settings at connecting.
  if (strings !== 'on') unusable(`standard_conforming_strings is ${strings}: ${turned('on')}`)
  // A standby takes writes once it is promoted.
  if (isStandby === true)
    throw new KycWebhookError('inbox-unavailable', 'the server is a standby: it takes no writes')
  if (readOnly !== 'off') unusable(`default_transaction_read_only is ${readOnly}: ${turned('off')}`)
}

const turned = (value: string): string => `it is to be ${value} for this database and this role`

function unusable(what: string): never {
  throw new KycWebhookError('inbox-unusable', what)
}
