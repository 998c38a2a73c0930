import { createHash } from 'node:crypto'
import { waitAtMost } from '@kyc-webhooks/core/engine'
import type { PgBoss } from 'pg-boss'

/** Jobs wait for as long as their events do, and when to stop is decided by the receiver's own retry policy. */
const FOR_EVER = { retentionSeconds: 315_360_000, retryLimit: 1_000_000, retryDelay: 0 }
/** Handlers have a time limit of their own; a worker that is alive says so by its heartbeat. */
const LONGEST_S = 86_400
/** A job that is done has told its story: the event stays. */
const KEEP_DONE_S = 300
/** How long whoever needs a queue waits for it to be made, in milliseconds: less than a commit may take. */
const MAKING_MS = 1_500
/** SQLSTATE of a reference to a row that is not there: the reason lies in the receivers of the batch, which is split. */
const MISSING = '23503'

interface Making {
  made: Promise<void>
  /** When it began. */
  since: number
}

/** The queues of pg-boss, two for each receiver: made when they are first needed, and again when somebody deletes them. */
export class Queues {
  readonly #boss: PgBoss
  readonly #heartbeatSeconds: number
  readonly #ready = new Map<string, Making>()

  constructor(boss: PgBoss, heartbeatSeconds: number) {
    this.#boss = boss
    this.#heartbeatSeconds = heartbeatSeconds
  }

  /** Makes the queues of a receiver, unless they are there. Rejects when that takes long; it goes on, for who asks again. */
  async ensure(receiver: string): Promise<void> {
    const { made, since } = this.#ready.get(receiver) ?? this.#make(receiver)
    const leftMs = Math.max(0, since + MAKING_MS - performance.now())
    // Others of the batch need not wait for it.
    if (!(await waitAtMost(leftMs, made))) throw missing('a queue is not made yet')
  }

  /**
   * Runs `call`, which resolves to how many jobs it made, and rejects unless it made so many. pg-boss says nothing of jobs
   * that it did not make because somebody has deleted their queue; until it has noticed, and then refuses them.
   */
  async expecting(receiver: string, count: number, call: () => Promise<number | undefined>): Promise<void> {
    try {
      if ((await call()) === count) return
    } catch (error) {
      if (!(error instanceof Error && /^Queue \S+ does not exist$/.test(error.message))) throw error
    }
    // For the next try: who settles does not ask for queues.
    this.#make(receiver)
    throw missing('a queue was deleted')
  }

  #make(receiver: string): Making {
    const making = { made: this.#create(queueOf(receiver)), since: performance.now() }
    this.#ready.set(receiver, making)
    making.made.catch(() => {
      if (this.#ready.get(receiver) === making) this.#ready.delete(receiver)
    })
    return making
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
}

/** A receiver's name as the name of a queue. Two names never share one, and none is that of a property of every object. */
export function queueOf(receiver: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(receiver)) return `events.${receiver}`
  return `events.x.${createHash('sha256').update(receiver).digest('hex').slice(0, 32)}`
}

export const deadOf = (queue: string): string => `${queue}.dead`

const missing = (message: string): Error => Object.assign(new Error(message), { code: MISSING })
