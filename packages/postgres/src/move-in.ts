import { randomUUID } from 'node:crypto'
import { type Departure, KycWebhookError, type MoveCounts } from '@kyc-webhooks/core'
import { alone } from './alone.ts'
import type { Queryable } from './database.ts'
import type { Moving } from './hand-over.ts'
import type { MoveStatements } from './move-sql.ts'
import { restored } from './text.ts'
import { newTickets, type Tickets, ticketed } from './tickets.ts'

/** As `Movable.moveIn`: opens the inbox, and makes the jobs that hand its events to workers. */
export async function moveIn(
  { name, database, sql }: Moving,
  tickets: Tickets,
  { id, to }: Departure,
): Promise<MoveCounts> {
  return alone(database, sql, async (client) => {
    const [arrival] = (await client.query(sql.arrival, [id])).rows
    if (arrival === undefined) throw new KycWebhookError('inbox-moved', `to ${to}, and not to ${name}`)
    if (arrival.state === 'arriving') {
      await client.query(sql.open, [id])
      await issueTickets(client, sql, tickets)
    }
    return JSON.parse(String(arrival.counts))
  })
}

async function issueTickets(client: Queryable, sql: MoveStatements, tickets: Tickets): Promise<void> {
  const { rows: receivers } = await client.query(sql.receivers)
  // Queues are made in transactions of pg-boss's own, which this one sees.
  for (const { receiver } of receivers) await tickets.ensure(restored(String(receiver)))
  for (let after: unknown = 0; ; ) {
    const { rows } = await client.query(sql.unticketed, [after])
    if (rows.length === 0) return
    after = rows.at(-1)?.seq
    const { true: apart = [], false: together = [] } = Object.groupBy(
      rows,
      ({ alone }) => `${alone === true}`,
    )
    const shared = newTickets(together.map(({ receiver }) => String(receiver)))
    const given = await client.query(sql.giveTickets, [
      [...apart, ...together].map(({ seq }) => seq),
      [...apart.map(() => randomUUID()), ...shared],
    ])
    const { dead = [], waiting = [] } = Object.groupBy(given.rows, ({ state }) => String(state))
    await tickets.issue(client, waiting.map(ticketed))
    await tickets.bury(client, dead.map(ticketed))
  }
}
