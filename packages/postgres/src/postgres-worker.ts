import type { Logger, Work } from '@kyc-webhooks/core'
import {
  FAULT_PAUSE_MS,
  guarded,
  pause,
  type RunningWorker,
  type WorkerHooks,
  waitAtMost,
  whatFailed,
} from '@kyc-webhooks/core/engine'
import type { Job, JobResult, PgBoss } from 'pg-boss'
import { Batches } from './batches.ts'
import { type Followed, Follower, type Ticketing } from './follower.ts'
import { Permits } from './permits.ts'
import type { PostgresStore } from './postgres-store.ts'
import { queueOf } from './queues.ts'
import { tending } from './tending.ts'
import type { Ticket } from './tickets.ts'

/** Between two lines about failures of pg-boss, in milliseconds. */
const TELL_MS = 10_000
/** The longest that Node's timers can wait. */
const MAX_TIMER_MS = 2_147_483_647
/** When stopping: how long the store may take to record what the attempts in hand came to, in milliseconds. */
const HAND_BACK_MS = 5_000

/**
 * Hands the events of one receiver to its handler, by pg-boss: it fetches jobs in batches, is woken by NOTIFY, sends
 * heartbeats while they run, and hands the jobs of who died to others. The job is a ticket; what became of the event
 * stands in the event, and the job follows it.
 */
export class PostgresWorker implements RunningWorker {
  readonly logger: Logger
  readonly work: Work
  readonly #store: PostgresStore
  readonly #hooks: WorkerHooks
  readonly #queue: string
  readonly #permits: Permits
  readonly #follower: Follower
  readonly #stopping = new AbortController()
  readonly #graceOver = new AbortController()
  readonly #started: Promise<void>
  #boss: PgBoss | undefined
  #toldAt = Number.NEGATIVE_INFINITY
  #batches: Batches | undefined
  #stopped: Promise<void> | undefined

  constructor(work: Work, store: PostgresStore, hooks: WorkerHooks) {
    this.logger = guarded(work.logger)
    this.work = work
    this.#store = store
    this.#hooks = hooks
    this.#queue = queueOf(work.receiver)
    this.#permits = new Permits(work.concurrency)
    this.#follower = new Follower(work, store, this.#permits, {
      logger: this.logger,
      guard: hooks.guard,
      settle: (settlement) => hooks.settle(settlement),
      stopping: this.#stopping.signal,
      graceOver: this.#graceOver.signal,
      wakeIn: (delayMs) => this.#wakeIn(delayMs),
    })
    this.#started = this.#start()
  }

  /** NOTIFY wakes the workers of all processes; this also where it does not get through. */
  wake(): void {
    this.#batches?.wake()
  }

  /** Nobody is told when a delay is over; others look every now and then. */
  #wakeIn(delayMs: number): void {
    setTimeout(() => this.wake(), Math.min(delayMs, MAX_TIMER_MS)).unref()
  }

  async #start(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#hooks.opened()
        await this.#store.tickets.ensure(this.work.receiver)
        const boss = await this.#store.boss()
        if (this.#stopping.signal.aborted) return
        this.#boss = boss
        boss.on('error', this.#onBossError)
        this.#batches = new Batches(boss, this.#queue, this.#permits, (jobs) => this.#batch(jobs))
        await this.#batches.start()
        void tending(this.work, this.#store, this.logger, this.#stopping.signal)
        return
      } catch (error) {
        const fields = { receiver: this.work.receiver, ...whatFailed(error) }
        this.logger.error(fields, 'the inbox gives no events; trying again')
        await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      }
    }
  }

  /** It goes on by itself: fetching, heartbeats, looking for workers that died. Told every now and then, not each time. */
  readonly #onBossError = (error: unknown): void => {
    if (performance.now() - this.#toldAt < TELL_MS) return
    this.#toldAt = performance.now()
    this.logger.error(
      { receiver: this.work.receiver, ...whatFailed(error) },
      'pg-boss failed; it tries again',
    )
  }

  /** One batch of jobs. Rejects when the store failed: then all of them come again. */
  async #batch(jobs: Job<Ticket>[]): Promise<JobResult[]> {
    const following = new Map(jobs.map(({ id }) => [id, [] as Promise<Followed>[]]))
    const events = jobs.flatMap(({ id, data, signal }) =>
      data.seqs.map((seq): Ticketing => ({ seq, ticket: id, lost: signal })),
    )
    try {
      while (events.length > 0) {
        const chunk = events.splice(0, await this.#permits.take(events.length))
        for (const [event, followed] of await this.#follow(chunk)) following.get(event.ticket)?.push(followed)
      }
      return await Promise.all(
        jobs.map(async ({ id }) => {
          const all = await Promise.all(following.get(id) ?? [])
          return { id, status: all.includes('again') ? 'failed' : 'completed' }
        }),
      )
    } catch (error) {
      const fields = { receiver: this.work.receiver, ...whatFailed(error) }
      this.logger.error(fields, 'the inbox gives no events; trying again')
      await Promise.allSettled([...following.values()].flat())
      await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      throw error
    }
  }

  /** Starts what is due of these events. The caller has a permit for each. */
  async #follow(chunk: Ticketing[]): Promise<[Ticketing, Promise<Followed>][]> {
    if (this.#stopping.signal.aborted) {
      this.#permits.give(chunk.length)
      return chunk.map((event) => [event, Promise.resolve('again')])
    }
    try {
      const standings = await this.#store.start(chunk, false)
      return chunk.map((event) => {
        const followed = this.#follower.follow(event, standings.get(event.seq))
        // Heard when its batch is at its end, which may be later.
        followed.catch(() => {})
        return [event, followed]
      })
    } catch (error) {
      this.#permits.give(chunk.length)
      throw error
    }
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs)
    return this.#stopped
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort('stopping')
    const idle = this.#started.then(() => this.#batches?.stop())
    await waitAtMost(graceMs, idle)
    this.#graceOver.abort('grace over')
    this.#follower.release()
    if (!(await waitAtMost(HAND_BACK_MS, idle))) {
      this.logger.error({ receiver: this.work.receiver }, 'the inbox does not answer: stopped without it')
    }
    this.#boss?.off('error', this.#onBossError)
    this.#hooks.onStopped()
  }
}
