import { randomUUID } from 'node:crypto'
import { queueOf } from './queues.ts'
import type { Batch } from './recorder.ts'
import type { TicketRow } from './starter.ts'
import { storable } from './text.ts'
import { newTickets, type Ticketed, type Tickets, ticketed } from './tickets.ts'

/** Unhandled events that one statement looks at. */
const PAGE = 5_000

/** Which events are to be looked at. */
export interface Tending {
  receiver: string
  /** Number of the last event that was looked at; 0 to begin with. */
  after: number
  /** For how long an event must have been due before its job is missed, in milliseconds. */
  waitingMs: number
  /** For how long an attempt must have been running before its job is missed, in milliseconds. */
  runningMs: number
}

/** What a look came to. */
export interface Tended {
  /** How many events had no job, and have one now. */
  count: number
  /** Number of the last event that was looked at; absent: there are no more. */
  last: number | undefined
}

/** Gives unhandled events new tickets, in a transaction. */
export async function reticket(
  { client, sql }: Batch,
  tickets: Tickets,
  events: readonly Pick<Ticketed, 'seq' | 'receiver'>[],
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

/** Looks at the next events, and makes jobs for those that are long due and have none any more. */
export async function tend(batch: Batch, tickets: Tickets, tending: Tending): Promise<Tended> {
  const { client, sql, now } = batch
  const { receiver, after, waitingMs, runningMs } = tending
  const limits = [waitingMs, runningMs, after, PAGE]
  const { rows } = await client.query(sql.untended, [now, storable(receiver), queueOf(receiver), ...limits])
  const [{ last = null, seqs = [] } = {}] = rows
  const missing = Array.isArray(seqs) ? seqs.map((seq) => ({ seq: Number(seq), receiver })) : []
  await reticket(batch, tickets, missing)
  return { count: missing.length, last: last === null ? undefined : Number(last) }
}
