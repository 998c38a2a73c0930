import { openPool } from './open-pool.ts'

/** A time the handler was run, committed on its own. */
export interface HandlerRun {
  eventId: string
  /** The process: `worker-1.2` is the second of worker 1. */
  worker: string
}

/** What the handler wrote, committed with the event's settlement. */
export interface Effect extends HandlerRun {
  /** When the delivery reached a receiver, in milliseconds since the epoch. All processes run on one machine, with one clock. */
  receivedAt: number
  /** When the handler was done, likewise. `undefined`: only the first half of the transaction is there. */
  handledAt: number | undefined
}

/** No key is unique, so that an effect that is doubled is seen and not prevented. */
const TABLES = `
  CREATE TABLE handler_run (event_id text NOT NULL, worker text NOT NULL);
  CREATE TABLE effect (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    worker text NOT NULL,
    received_at double precision NOT NULL,
    handled_at double precision
  )`

/** What the handlers wrote, read from outside. */
export interface Ledger {
  /** How many effects there are. */
  count(): Promise<number>
  /** The events that are handled. */
  handled(): Promise<Set<string>>
  runs(): Promise<HandlerRun[]>
  effects(): Promise<Effect[]>
  close(): Promise<void>
}

/** Makes the tables, in a database that has none. */
export async function openLedger(url: string): Promise<Ledger> {
  const pool = openPool(url, 2)
  const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await pool.query<Row>(sql)).rows
  await pool.query(TABLES)
  return {
    async count() {
      const [row] = await rows<{ count: number }>('SELECT count(*)::int FROM effect')
      return row?.count ?? 0
    },
    async handled() {
      const ids = await rows<{ event_id: string }>('SELECT event_id FROM effect WHERE handled_at IS NOT NULL')
      return new Set(ids.map(({ event_id }) => event_id))
    },
    runs: () => rows('SELECT event_id AS "eventId", worker FROM handler_run'),
    async effects() {
      const all = await rows<Effect & { handledAt: number | null }>(
        `SELECT event_id AS "eventId", worker, received_at AS "receivedAt", handled_at AS "handledAt"
         FROM effect ORDER BY id`,
      )
      return all.map((row) => ({ ...row, handledAt: row.handledAt ?? undefined }))
    },
    close: () => pool.end(),
  }
}
