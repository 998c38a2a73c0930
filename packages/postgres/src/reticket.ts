import { randomUUID } from 'node:crypto'
import type { Batch } from './recorder.ts'
import type { TicketRow } from './starter.ts'
import { storable } from './text.ts'
import { newTickets, queueOf, type Ticketed, type Tickets, ticketed } from './tickets.ts'

/** For how long events must have been due before their job is missed, in milliseconds. */
export interface TendLimits {
  waitingMs: number
  runningMs: number
}

/** Gives unhandled events new tickets, in a transaction. */
export async function reticket(
  { client, sql }: Batch,
  tickets: Tickets,
  events: readonly Ticketed[],
): Promise<void> {
  if (events.length === 0) return
  const ids = newTickets(events.map(({ receiver }) => receiver))
  const { rows } = await client.query(sql.reticket, [events.map(({ seq }) => seq), ids])
  await tickets.issue(client, rows.map(ticketed))
}

/** Tickets that came before their events are due come again then. */
export async function postpone(
  { client, sql, now }: Batch,
  tickets: Tickets,
  early: readonly TicketRow[],
): Promise<void> {
  const { rows } = await client.query(sql.postpone, [
    now,
    early.map(({ seq }) => seq),
    early.map(({ ticket }) => ticket),
    early.map(() => randomUUID()),
  ])
  await tickets.issue(client, rows.map(ticketed))
}

/** Makes jobs for events that are long due and have none any more. Resolves to how many: to be called until it is none. */
export async function tend(
  batch: Batch,
  tickets: Tickets,
  receiver: string,
  { waitingMs, runningMs }: TendLimits,
): Promise<number> {
  const { client, sql, now } = batch
  const values = [now, storable(receiver), queueOf(receiver), waitingMs, runningMs]
  const { rows } = await client.query(sql.untended, values)
  await reticket(batch, tickets, rows.map(ticketed))
  return rows.length
}
