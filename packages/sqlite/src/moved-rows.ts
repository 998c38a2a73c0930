import type { MovedDelivery, MovedEvent, MovedQuarantine, MovedRows } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { moveSql } from './move-sql.ts'

/** Small rows at once. */
const CHUNK = 1_000
/** Bodies and events at once, in bytes: one that is larger comes alone. */
const CHUNK_BYTES = 1_048_576

interface Keyed {
  key: Buffer
}

/** Everything that moves, in steps that fit into memory. To be read within one transaction. */
export function* movedRows(db: Database.Database): Generator<MovedRows> {
  for (const rows of keyed<Keyed & { digest: Buffer; expiresAt: number }>(db, moveSql.keys)) {
    yield { keys: rows.map(({ key, digest, ...row }) => ({ ...row, key: hex(key), digest: hex(digest) })) }
  }
  for (const rows of keyed<Keyed & { usedBy: Buffer | null; expiresAt: number }>(db, moveSql.nonces)) {
    yield {
      nonces: rows.map(({ key, usedBy, ...row }) => ({
        ...row,
        key: hex(key),
        usedBy: usedBy === null ? undefined : hex(usedBy),
      })),
    }
  }
  for (const rows of keyed<Keyed & { time: number }>(db, moveSql.heads)) {
    yield { heads: rows.map(({ key, time }) => ({ key: hex(key), time })) }
  }
  for (const deliveries of bySize(movedDeliveries(db))) yield { deliveries }
  for (const quarantined of bySize(movedQuarantine(db))) yield { quarantined }
}

function* keyed<Row extends Keyed>(db: Database.Database, sql: string): Generator<Row[]> {
  const page = db.prepare<[Buffer, number], Row>(sql)
  for (let rows = page.all(Buffer.of(), CHUNK); rows.length > 0; ) {
    yield rows
    const last = rows.at(-1)
    rows = last === undefined ? [] : page.all(last.key, CHUNK)
  }
}

type DeliveryRow = Omit<MovedDelivery, 'events'> & { seq: number; headers: string; context: string }
type EventRow = Omit<MovedEvent, 'unsigned' | 'subject' | 'error' | 'purgeAt'> & {
  unsigned: string | null
  subject: Buffer | null
  error: string | null
  purgeAt: number | null
}
type QuarantineRow = Omit<MovedQuarantine, 'digest'> & { digest: Buffer; headers: string; context: string }

function* movedDeliveries(db: Database.Database): Generator<[MovedDelivery, bytes: number]> {
  const next = db.prepare<[number], DeliveryRow>(moveSql.delivery)
  const eventsOf = db.prepare<[number], EventRow>(moveSql.eventsOf)
  for (let row = next.get(0); row !== undefined; row = next.get(row.seq)) {
    const { seq, headers, context, ...delivery } = row
    const events = eventsOf.all(seq).map(({ unsigned, subject, error, purgeAt, ...event }) => ({
      ...event,
      subject: subject === null ? undefined : hex(subject),
      unsigned: unsigned === null ? [] : JSON.parse(unsigned),
      error: error ?? undefined,
      purgeAt: purgeAt ?? undefined,
    }))
    const bytes = events.reduce((sum, { json }) => sum + json.length, delivery.body.byteLength)
    yield [{ ...delivery, headers: JSON.parse(headers), context: JSON.parse(context), events }, bytes]
  }
}

function* movedQuarantine(db: Database.Database): Generator<[MovedQuarantine, bytes: number]> {
  const next = db.prepare<[number], QuarantineRow>(moveSql.quarantined)
  for (let row = next.get(0); row !== undefined; row = next.get(row.seq)) {
    const { digest, headers, context, ...rest } = row
    const [keptHeaders, keptContext] = [JSON.parse(headers), JSON.parse(context)]
    yield [{ ...rest, digest: hex(digest), headers: keptHeaders, context: keptContext }, rest.body.byteLength]
  }
}

function* bySize<Row>(rows: Iterable<[Row, bytes: number]>): Generator<Row[]> {
  let chunk: Row[] = []
  let size = 0
  for (const [row, bytes] of rows) {
    chunk.push(row)
    size += bytes
    if (size < CHUNK_BYTES && chunk.length < CHUNK) continue
    yield chunk
    chunk = []
    size = 0
  }
  if (chunk.length > 0) yield chunk
}

const hex = (bytes: Buffer): string => bytes.toString('hex')
