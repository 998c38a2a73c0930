import type { Claim, EventState } from '@kyc-webhooks/core'
import type { Batch } from './recorder.ts'

/** A job, as far as the store knows it. */
export interface TicketRow {
  seq: number
  /** Id of the job. */
  ticket: string
}

/** What there is to do for a ticket. */
export type Standing =
  /** Its attempt has started: run it. */
  | { is: 'started'; claim: Claim }
  /** It has a crash to its name: start it alone, when its turn comes. */
  | { is: 'suspect' }
  /** Not due yet: let the ticket come again then. */
  | { is: 'early'; dueInMs: number }
  /** Nothing, any more: the event is done or gone, or another ticket is the valid one. */
  | { is: 'done' }
  | { is: 'dead' }

/**
 * Starts an attempt for each ticket whose event is due. With `suspects` only events with a crash to their name are left to
 * be started, one ticket at a time.
 */
export async function start(
  { client, sql, now }: Batch,
  tickets: readonly TicketRow[],
  suspects: boolean,
): Promise<Map<number, Standing>> {
  const columns = [now, tickets.map(({ seq }) => seq), tickets.map(({ ticket }) => ticket)]
  const { rows } = await client.query(sql.start, [...columns, suspects])
  const contextOf = await contexts({ client, sql }, rows)
  const standings = new Map(rows.map((row) => [Number(row.seq), startedOrSuspect(row, contextOf)]))
  const others = tickets.filter(({ seq }) => !standings.has(seq))
  if (others.length === 0) return standings
  const { rows: rest } = await client.query(sql.standing, [
    now,
    others.map(({ seq }) => seq),
    others.map(({ ticket }) => ticket),
  ])
  for (const row of rest) standings.set(Number(row.seq), standing(row))
  return standings
}

type Row = Record<string, unknown>

/** What stands beside the started events, by the number of their delivery. */
async function contexts(
  { client, sql }: Pick<Batch, 'client' | 'sql'>,
  rows: readonly Row[],
): Promise<ReadonlyMap<unknown, string>> {
  const started = rows.filter(({ state }) => state === 'running')
  if (started.length === 0) return new Map()
  const found = await client.query(sql.contexts, [started.map(({ delivery }) => delivery)])
  return new Map(found.rows.map(({ seq, context }) => [seq, String(context)]))
}

function startedOrSuspect(row: Row, contextOf: ReadonlyMap<unknown, string>): Standing {
  if (row.state !== 'running') return { is: 'suspect' }
  const { seq, attempt, crashes, json, unsigned, delivery } = row
  const claim: Claim = {
    ...{ seq: Number(seq), attempt: Number(attempt), crashes: Number(crashes), json: String(json) },
    unsigned: unsigned === null ? [] : JSON.parse(String(unsigned)),
    context: JSON.parse(String(contextOf.get(delivery))),
  }
  return { is: 'started', claim }
}

function standing({ state, dueInMs, mine }: Row): Standing {
  if ((state as EventState) === 'dead') return { is: 'dead' }
  if ((state as EventState) === 'done' || mine !== true) return { is: 'done' }
  return { is: 'early', dueInMs: Number(dueInMs) }
}
