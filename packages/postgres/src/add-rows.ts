import type { MovedDelivery, MovedQuarantine, MovedRows } from '@kyc-webhooks/core'
import type { Queryable } from './database.ts'
import type { MoveStatements } from './move-sql.ts'
import { storable } from './text.ts'

/** Puts rows that have moved into the tables, under their own numbers. To be called within a transaction. */
export async function addRows(
  client: Queryable,
  sql: MoveStatements,
  { keys = [], nonces = [], heads = [], deliveries = [], quarantined = [] }: MovedRows,
): Promise<void> {
  if (keys.length > 0) await client.query(sql.addKeys, columns(keys, ['key', 'digest', 'expiresAt']))
  if (nonces.length > 0) await client.query(sql.addNonces, columns(nonces, ['key', 'usedBy', 'expiresAt']))
  if (heads.length > 0) await client.query(sql.addHeads, columns(heads, ['key', 'time']))
  if (deliveries.length > 0) await client.query(sql.addDeliveries, deliveryColumns(deliveries))
  if (quarantined.length > 0) await client.query(sql.addQuarantined, quarantineColumns(quarantined))
}

function deliveryColumns(deliveries: readonly MovedDelivery[]): unknown[][] {
  const events = deliveries.flatMap(({ events }, index) =>
    events.map(({ receiver, type, unsigned, error, ...event }) => ({
      ...{ ...event, n: index + 1, receiver: storable(receiver), type: storable(type) },
      unsigned: unsigned.length === 0 ? null : JSON.stringify(unsigned),
      error: error === undefined ? null : storable(error),
    })),
  )
  return [
    ...columns(deliveries.map(withTexts), ['receivedAt', 'body', 'headers', 'context']),
    ...columns(events, ['n', 'seq', 'receiver', 'type', 'json', 'unsigned', 'state', 'dueAt']),
    ...columns(events, ['attempts', 'crashes', 'error', 'purgeAt', 'subject']),
  ]
}

function quarantineColumns(quarantined: readonly MovedQuarantine[]): unknown[][] {
  const rows = quarantined.map((row) => ({ ...withTexts(row), receiver: storable(row.receiver) }))
  return [
    ...columns(rows, ['seq', 'receiver', 'digest', 'reason', 'firstAt', 'lastAt', 'count']),
    ...columns(rows, ['body', 'headers', 'context']),
  ]
}

function withTexts<T extends Pick<MovedDelivery, 'headers' | 'context'>>(row: T) {
  return { ...row, headers: JSON.stringify(row.headers), context: JSON.stringify(row.context) }
}

/** Rows as arrays of their columns, for `unnest`. */
function columns<T>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name] ?? null))
}
