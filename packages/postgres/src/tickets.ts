import { createHash } from 'node:crypto'
import type { Job, PgBoss } from 'pg-boss'
import type { Queryable } from './database.ts'

/** What a job carries: the number of its event, and nothing of it. */
export interface Ticket {
  seq: number
}

/** An event that needs a ticket. */
export interface Ticketed {
  seq: number
  receiver: string
}

/** Jobs wait for as long as their events do, and when to stop is decided by the receiver's own retry policy. */
const FOR_EVER = { retentionSeconds: 315_360_000, retryLimit: 1_000_000, retryDelay: 0 }
/** Handlers have a time limit of their own; a worker that is alive says so by its heartbeat. */
const LONGEST_S = 86_400
/** A job that is done has told its story: the event stays. */
const KEEP_DONE_S = 300

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

  /** Makes a job for each event, in the caller's transaction. The queues must be there. */
  async issue(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, seqs] of byReceiver(events)) {
      const jobs = seqs.map((seq) => ({ data: { seq }, heartbeatSeconds: this.#heartbeatSeconds }))
      await this.#boss.insert(queueOf(receiver), jobs, { db: executing(client) })
    }
  }

  /** Moves the jobs of dead letters back; makes new ones where they are gone. In the caller's transaction. */
  async reissue(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, seqs] of byReceiver(events)) {
      const queue = queueOf(receiver)
      const jobs = await this.#deadJobs(client, queue, seqs)
      const ids = jobs.map(({ id }) => id)
      if (ids.length > 0) {
        const redrive = { ids, destination: queue, limit: ids.length, db: executing(client) }
        await this.#boss.redrive(deadOf(queue), redrive)
      }
      const moved = new Set(jobs.map(({ seq }) => seq))
      const missing = seqs.filter((seq) => !moved.has(seq)).map((seq) => ({ seq, receiver }))
      await this.issue(client, missing)
    }
  }

  /** Deletes the jobs of dead letters that are gone. In the caller's transaction. */
  async withdraw(client: Queryable, events: readonly Ticketed[]): Promise<void> {
    for (const [receiver, seqs] of byReceiver(events)) {
      const queue = queueOf(receiver)
      const ids = (await this.#deadJobs(client, queue, seqs)).map(({ id }) => id)
      if (ids.length > 0) await this.#boss.deleteJob(deadOf(queue), ids, { db: executing(client) })
    }
  }

  async #deadJobs(client: Queryable, queue: string, seqs: number[]): Promise<{ id: string; seq: number }[]> {
    const { rows } = await client.query(
      `SELECT id, data ->> 'seq' AS seq FROM ${this.#bossSchema}.job
       WHERE name = $1 AND state < 'active' AND data ->> 'seq' = ANY ($2::text[])`,
      [deadOf(queue), seqs.map(String)],
    )
    return rows.map(({ id, seq }) => ({ id: String(id), seq: Number(seq) }))
  }
}

/** Gives a job back, to come again after a while. Fails it, since that is how pg-boss counts, and moves it to its time. */
export async function postpone(
  boss: PgBoss,
  client: Queryable,
  job: Pick<Job, 'id' | 'name' | 'retryCount'>,
  delayMs: number,
): Promise<void> {
  const db = executing(client)
  await boss.fail(job.name, { id: job.id, retryCount: job.retryCount }, null, { db })
  await boss.update(job.name, undefined, { id: job.id, startAfter: (delayMs / 1_000).toFixed(3), db })
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

function byReceiver(events: readonly Ticketed[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const { receiver, seq } of events) {
    const group = groups.get(receiver)
    if (group === undefined) groups.set(receiver, [seq])
    else group.push(seq)
  }
  return groups
}
