import { createHash, randomUUID } from 'node:crypto'
import type { JobInsert, PgBoss } from 'pg-boss'
import type { Queryable } from './database.ts'
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

/** Jobs wait for as long as their events do, and when to stop is decided by the receiver's own retry policy. */
const FOR_EVER = { retentionSeconds: 315_360_000, retryLimit: 1_000_000, retryDelay: 0 }
/** Handlers have a time limit of their own; a worker that is alive says so by its heartbeat. */
const LONGEST_S = 86_400
/** A job that is done has told its story: the event stays. */
const KEEP_DONE_S = 300
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
  readonly #ready = new Map<string, Promise<void>>()

  constructor(boss: PgBoss, bossSchema: string, heartbeatSeconds: number) {
    this.#boss = boss
    this.#bossSchema = bossSchema
    this.#heartbeatSeconds = heartbeatSeconds
  }

  /** Makes the queues of a receiver, unless they are there. */
  ensure(receiver: string): Promise<void> {
    const ready = this.#ready.get(receiver) ?? this.#create(queueOf(receiver))
    this.#ready.set(receiver, ready)
    ready.catch(() => this.#ready.delete(receiver))
    return ready
  }

  async #create(queue: string): Promise<void> {
    const options = {
      ...FOR_EVER,
      expireInSeconds: LONGEST_S,
      deleteAfterSeconds: KEEP_DONE_S,
      heartbeatSeconds: this.#heartbeatSeconds,
    }
    await this.#boss.createQueue(deadOf(queue), options)
    await this.#boss.createQueue(queue, { ...options, notify: true, deadLetter: deadOf(queue) })
  }

  /** Makes the jobs of events, in the transaction that gives the events these tickets. The queues must be there. */
  async issue(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, group] of byReceiver(events)) {
      const jobs = this.#jobs(group)
      await this.#boss.insert(queueOf(receiver), jobs, { db: executing(client) })
    }
  }

  /** Makes the jobs of dead letters, which nobody runs, in the transaction that makes them dead. */
  async bury(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, group] of byReceiver(events)) {
      await this.#boss.insert(deadOf(queueOf(receiver)), this.#jobs(group), { db: executing(client) })
    }
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
        await this.#boss.redrive(deadOf(queue), redrive)
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

/** A receiver's name as the name of a queue. Two names never share one, and none is that of a property of every object. */
export function queueOf(receiver: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(receiver)) return `events.${receiver}`
  return `events.x.${createHash('sha256').update(receiver).digest('hex').slice(0, 32)}`
}

export const deadOf = (queue: string): string => `${queue}.dead`

const executing = (client: Queryable): { executeSql: Queryable['query'] } => ({
  executeSql: (text, values) => client.query(text, values),
})

function byReceiver(events: readonly Ticketed[]): Map<string, Ticketed[]> {
  return Map.groupBy(events, ({ receiver }) => receiver)
}
