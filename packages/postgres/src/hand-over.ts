import { randomUUID } from 'node:crypto'
import { type Departure, KycWebhookError, type Movable, type Move } from '@kyc-webhooks/core'
import { alone } from './alone.ts'
import type { Database, Queryable } from './database.ts'
import type { MoveStatements } from './move-sql.ts'
import { movedRows } from './moved-rows.ts'
import type { Statements } from './sql.ts'
import { restored } from './text.ts'

/** What of a store moves. */
export interface Moving {
  name: string
  database: Database
  sql: MoveStatements
  /** Statements about the seal. */
  seals: Pick<Statements, 'seal' | 'setSeal'>
}

/** As `Movable.handOver`. The tables are there. */
export async function handOver(
  { name, database, sql, seals }: Moving,
  ...[to, take]: Parameters<Movable['handOver']>
): Promise<Departure> {
  // The source's own name for itself. Durable before anything is in a target, so that a second try is known there.
  await database.transaction((client) => client.query(sql.intend, [randomUUID(), to]))
  return alone(database, sql, async (client) => {
    const gone = await departureOf(client, sql)
    if (gone !== undefined) return gone
    await checkOpen(client, sql)
    await refuseInUse(client, sql)
    const departure = { id: randomUUID(), to }
    await take({
      ...(await outline(client, sql)),
      id: departure.id,
      from: name,
      seal: await sealOf(client, seals),
      rows: movedRows(client, sql),
    })
    await client.query(sql.leave, [departure.id, to])
    return departure
  })
}

export async function checkOpen(client: Queryable, sql: MoveStatements): Promise<void> {
  refuseClosed((await client.query(sql.closed)).rows)
}

/** Throws when the inbox was moved away, or a move into it is not finished. */
export function refuseClosed([closed]: readonly Record<string, unknown>[]): void {
  if (closed?.state === 'left') throw new KycWebhookError('inbox-moved', `to ${closed.place}`)
  if (closed) throw new KycWebhookError('inbox-moving', `from ${closed.place}; move it again`)
}

/** As `Guarded.seal`. */
export async function sealOf(
  client: Queryable,
  { seal }: Pick<Statements, 'seal'>,
): Promise<string | undefined> {
  const [row] = (await client.query(seal)).rows
  return row === undefined ? undefined : String(row.text)
}

async function departureOf(client: Queryable, sql: MoveStatements): Promise<Departure | undefined> {
  const [own] = (await client.query(sql.own)).rows
  return own?.state === 'left' ? { id: String(own.id), to: String(own.place) } : undefined
}

async function refuseInUse(client: Queryable, sql: MoveStatements): Promise<void> {
  const [runner] = (await client.query(sql.runner)).rows
  if (runner === undefined) return
  throw new KycWebhookError(
    'inbox-in-use',
    `events of ${restored(String(runner.receiver))} are being run, or whoever ran them died a moment ago: stop that first`,
  )
}

async function outline(
  client: Queryable,
  sql: MoveStatements,
): Promise<Pick<Move, 'origin' | 'counts' | 'lastSeq'>> {
  const [own = {}] = (await client.query(sql.own)).rows
  const [row = {}] = (await client.query(sql.counts)).rows
  const count = (name: string) => Number(row[name])
  return {
    origin: String(own.origin),
    counts: {
      ...{ keys: count('keys'), nonces: count('nonces'), heads: count('heads') },
      ...{ deliveries: count('deliveries'), events: count('events'), quarantined: count('quarantined') },
    },
    lastSeq: { event: count('lastEvent'), quarantine: count('lastQuarantine') },
  }
}
