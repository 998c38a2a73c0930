import { randomUUID } from 'node:crypto'
import type { JobInsert, PgBoss } from 'pg-boss'
import type { Queryable } from './database.ts'
import { deadOf, Queues, queueOf } from './queues.ts'
import { restored } from './text.ts'

/** What a job carries: the numbers of its events, and nothing of them. */
export interface Ticket {
  seqs: number[]
}

/** An event and the job that is its ticket. */
export interface Ticketed {
  seq: number
  receiver: string
  /** Id of the job. */
  ticket: string
  /** The job is to come so much later, in milliseconds. */
  delayMs?: number
}

/** ... as a row of the `event` table says it. */
export function ticketed({ seq, receiver, ticket, delayMs }: Record<string, unknown>): Ticketed {
  const delay = delayMs === undefined ? {} : { delayMs: Number(delayMs) }
  return { seq: Number(seq), receiver: restored(String(receiver)), ticket: String(ticket), ...delay }
}

/** Events on one ticket, at most: what a worker fetches with it, no other can take meanwhile. */
const MOST_EVENTS = 8
/** As many tickets at least where there are events enough, so that several workers share a commit. */
const LEAST_TICKETS = 8

/**
 * A new ticket for each event, in order; events of one receiver share some when they are many. Making, fetching and
 * completing a job costs the server as much as recording the event itself.
 */
export function newTickets(receivers: readonly string[]): string[] {
  const shared = new Map<string, { ticket: string; left: number }>()
  const size = Math.min(MOST_EVENTS, Math.max(1, Math.ceil(receivers.length / LEAST_TICKETS)))
  return receivers.map((receiver) => {
    const last = shared.get(receiver)
    const current = last === undefined || last.left === 0 ? { ticket: randomUUID(), left: size } : last
    current.left -= 1
    shared.set(receiver, current)
    return current.ticket
  })
}

/** The jobs of pg-boss that hand events to workers: a queue for each receiver, and one for its dead letters. */
export class Tickets {
  readonly #boss: PgBoss
  readonly #bossSchema: string
  readonly #heartbeatSeconds: number
  readonly #queues: Queues

  constructor(boss: PgBoss, bossSchema: string, heartbeatSeconds: number) {
    this.#boss = boss
    this.#bossSchema = bossSchema
    this.#heartbeatSeconds = heartbeatSeconds
    this.#queues = new Queues(boss, heartbeatSeconds)
  }

  /** Makes the queues of a receiver, unless they are there. */
  ensure(receiver: string): Promise<void> {
    return this.#queues.ensure(receiver)
  }

  /** Makes the jobs of events, in the transaction that gives the events these tickets. Rejects unless all are made. */
  async issue(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, group] of byReceiver(events)) {
      await this.#insert(client, receiver, queueOf(receiver), this.#jobs(group))
    }
  }

  /** Makes the jobs of dead letters, which nobody runs, in the transaction that makes them dead. */
  async bury(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, group] of byReceiver(events)) {
      await this.#insert(client, receiver, deadOf(queueOf(receiver)), this.#jobs(group))
    }
  }

  async #insert(
    client: Queryable,
    receiver: string,
    queue: string,
    jobs: JobInsert<Ticket>[],
  ): Promise<void> {
    const options = { db: executing(client), returnId: true }
    const insert = async () => (await this.#boss.insert(queue, jobs, options))?.length
    await this.#queues.expecting(receiver, jobs.length, insert)
  }

  #jobs(events: readonly Ticketed[]): JobInsert<Ticket>[] {
    const jobs = new Map<string, JobInsert<Ticket> & { data: Ticket }>()
    for (const { seq, ticket, delayMs = 0 } of events) {
      const job = jobs.get(ticket)
      if (job !== undefined) job.data.seqs.push(seq)
      else {
        const startAfter = delayMs > 0 ? { startAfter: (delayMs / 1_000).toFixed(3) } : {}
        const data = { seqs: [seq] }
        jobs.set(ticket, { id: ticket, data, heartbeatSeconds: this.#heartbeatSeconds, ...startAfter })
      }
    }
    return [...jobs.values()]
  }

  /** Moves the jobs of dead letters back. Resolves to the events whose job was gone: they need a new one. */
  async redrive(client: Queryable, events: readonly Ticketed[]): Promise<Ticketed[]> {
    const missing: Ticketed[] = []
    for (const [receiver, group] of byReceiver(events)) {
      const queue = queueOf(receiver)
      const ids = await this.#buried(client, queue, group)
      if (ids.size > 0) {
        const redrive = { ids: [...ids], destination: queue, limit: ids.size, db: executing(client) }
        await this.#queues.expecting(receiver, ids.size, () => this.#boss.redrive(deadOf(queue), redrive))
      }
      missing.push(...group.filter(({ ticket }) => !ids.has(ticket)))
    }
    return missing
  }

  /** Deletes the jobs of dead letters that are gone. In the caller's transaction. */
  async withdraw(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, group] of byReceiver(events)) {
      const queue = queueOf(receiver)
      const ids = await this.#buried(client, queue, group)
      if (ids.size > 0) await this.#boss.deleteJob(deadOf(queue), [...ids], { db: executing(client) })
    }
  }

  async #buried(client: Queryable, queue: string, events: readonly Ticketed[]): Promise<ReadonlySet<string>> {
    const { rows } = await client.query(
      `SELECT id FROM ${this.#bossSchema}.job WHERE name = $1 AND id = ANY ($2::uuid[]) AND state < 'active'`,
      [deadOf(queue), events.map(({ ticket }) => ticket)],
    )
    return new Set(rows.map(({ id }) => String(id)))
  }
}

const executing = (client: Queryable): { executeSql: Queryable['query'] } => ({
  executeSql: (text, values) => client.query(text, values),
})

function byReceiver(events: readonly Ticketed[]): Map<string, Ticketed[]> {
  return Map.groupBy(events, ({ receiver }) => receiver)
}
