import type { MovedDelivery, MovedEvent, MovedQuarantine, MovedRows, RefusalCode } from '@kyc-webhooks/core'
import type { Queryable } from './database.ts'
import type { MoveStatements } from './move-sql.ts'
import { restored } from './text.ts'

type Row = Record<string, unknown>

/** Everything that moves, in steps that fit into memory. To be read within one transaction. */
export async function* movedRows(client: Queryable, sql: MoveStatements): AsyncGenerator<MovedRows> {
  for await (const rows of pages(client, sql.keys, 'key', '')) {
    yield {
      keys: rows.map(({ key, digest, expiresAt }) => ({
        ...{ key: String(key), digest: String(digest), expiresAt: Number(expiresAt) },
      })),
    }
  }
  for await (const rows of pages(client, sql.nonces, 'key', '')) {
    yield {
      nonces: rows.map(({ key, usedBy, expiresAt }) => ({
        ...{ key: String(key), usedBy: usedBy === null ? undefined : String(usedBy) },
        expiresAt: Number(expiresAt),
      })),
    }
  }
  for await (const rows of pages(client, sql.heads, 'key', '')) {
    yield { heads: rows.map(({ key, time }) => ({ key: String(key), time: Number(time) })) }
  }
  for await (const rows of pages(client, sql.deliveries, 'seq', '0')) {
    const { rows: events } = await client.query(sql.eventsOf, [rows.map(({ seq }) => seq)])
    const eventsOf = Map.groupBy(events, ({ delivery }) => String(delivery))
    yield { deliveries: rows.map((row) => movedDelivery(row, eventsOf.get(String(row.seq)) ?? [])) }
  }
  for await (const rows of pages(client, sql.quarantined, 'seq', '0')) {
    yield { quarantined: rows.map(movedQuarantine) }
  }
}

async function* pages(
  client: Queryable,
  sql: string,
  column: 'key' | 'seq',
  first: string,
): AsyncGenerator<Row[]> {
  for (let after: unknown = first; ; ) {
    const { rows } = await client.query(sql, [after])
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)?.[column]
  }
}

function movedDelivery({ receivedAt, body, headers, context }: Row, events: readonly Row[]): MovedDelivery {
  return {
    receivedAt: Number(receivedAt),
    body: body as Buffer,
    headers: JSON.parse(String(headers)),
    context: JSON.parse(String(context)),
    events: events.map(movedEvent),
  }
}

function movedEvent({ seq, receiver, type, json, unsigned, state, ...row }: Row): MovedEvent {
  return {
    seq: Number(seq),
    receiver: restored(String(receiver)),
    type: restored(String(type)),
    json: String(json),
    unsigned: unsigned === null ? [] : JSON.parse(String(unsigned)),
    subject: row.subject === null ? undefined : String(row.subject),
    state: state as MovedEvent['state'],
    dueAt: Number(row.dueAt),
    attempts: Number(row.attempts),
    crashes: Number(row.crashes),
    error: row.error === null ? undefined : restored(String(row.error)),
    purgeAt: row.purgeAt === null ? undefined : Number(row.purgeAt),
  }
}

function movedQuarantine({ seq, receiver, digest, reason, ...row }: Row): MovedQuarantine {
  return {
    seq: Number(seq),
    receiver: restored(String(receiver)),
    digest: String(digest),
    reason: reason as RefusalCode,
    firstAt: Number(row.firstAt),
    lastAt: Number(row.lastAt),
    count: Number(row.count),
    body: row.body as Buffer,
    headers: JSON.parse(String(row.headers)),
    context: JSON.parse(String(row.context)),
  }
}
