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
import { Follower } from './follower.ts'
import type { PostgresStore } from './postgres-store.ts'
import { queueOf, type Ticket } from './tickets.ts'

/** Batches at once: one slow handler holds up its own batch alone. */
const BATCHES = 4
/** How often to look for jobs that nobody announced: those whose delay is over, in seconds. */
const POLL_S = 2
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
  readonly #follower: Follower
  readonly #stopping = new AbortController()
  readonly #graceOver = new AbortController()
  readonly #started: Promise<void>
  #boss: PgBoss | undefined
  #batches: string[] = []
  #stopped: Promise<void> | undefined

  constructor(work: Work, store: PostgresStore, hooks: WorkerHooks) {
    this.logger = guarded(work.logger)
    this.work = work
    this.#store = store
    this.#hooks = hooks
    this.#queue = queueOf(work.receiver)
    this.#follower = new Follower(work, store, {
      logger: this.logger,
      settle: (settlement) => hooks.settle(settlement),
      stopping: this.#stopping.signal,
      graceOver: this.#graceOver.signal,
      wake: () => this.wake(),
    })
    this.#started = this.#start()
  }

  /** NOTIFY wakes the workers of all processes; this also where it does not get through. */
  wake(): void {
    const [first] = this.#batches
    if (first !== undefined) this.#boss?.notifyWorker(first)
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
        for (const batchSize of batchSizes(this.work.concurrency)) {
          const id = await boss.work<Ticket>(this.#queue, this.#options(batchSize), (jobs) =>
            this.#batch(jobs),
          )
          this.#batches.push(id)
        }
        return
      } catch (error) {
        const fields = { receiver: this.work.receiver, ...whatFailed(error) }
        this.logger.error(fields, 'the inbox gives no events; trying again')
        await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      }
    }
  }

  /** It goes on by itself: fetching, heartbeats, looking for workers that died. */
  readonly #onBossError = (error: unknown): void => {
    this.logger.error(
      { receiver: this.work.receiver, ...whatFailed(error) },
      'pg-boss failed; it tries again',
    )
  }

  #options(batchSize: number) {
    return {
      batchSize,
      perJobResults: true,
      pollingIntervalSeconds: POLL_S,
      notifyPollingIntervalSeconds: POLL_S,
      heartbeatRefreshSeconds: this.#store.settings.heartbeatSeconds / 4,
    } as const
  }

  /** One batch of tickets. Rejects when the store failed: then all of them come again. */
  async #batch(jobs: Job<Ticket>[]): Promise<JobResult[]> {
    if (this.#stopping.signal.aborted) return jobs.map(({ id }) => ({ id, status: 'failed' }))
    try {
      const tickets = jobs.map(({ id, data }) => ({ seq: data.seq, ticket: id }))
      const standings = await this.#store.start(tickets, false)
      return await Promise.all(jobs.map((job) => this.#follower.follow(job, standings.get(job.data.seq))))
    } catch (error) {
      const fields = { receiver: this.work.receiver, ...whatFailed(error) }
      this.logger.error(fields, 'the inbox gives no events; trying again')
      await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      throw error
    } finally {
      // There may be more: no pause before the next look.
      for (const id of this.#batches) this.#boss?.notifyWorker(id)
    }
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs)
    return this.#stopped
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort('stopping')
    const idle = this.#started.then(() => this.#idle())
    await waitAtMost(graceMs, idle)
    this.#graceOver.abort('grace over')
    this.#follower.release()
    if (!(await waitAtMost(HAND_BACK_MS, idle))) {
      this.logger.error({ receiver: this.work.receiver }, 'the inbox does not answer: stopped without it')
    }
    this.#boss?.off('error', this.#onBossError)
    this.#hooks.onStopped()
  }

  /** Resolves when nothing is in hand and nothing will be. */
  async #idle(): Promise<void> {
    await Promise.all(this.#batches.map((id) => this.#boss?.offWork(this.#queue, { id, wait: true })))
  }
}

/** So many batches, of as equal sizes as can be, that the events in hand are never more than asked. */
export function batchSizes(concurrency: number): number[] {
  const batches = Math.min(BATCHES, concurrency)
  return Array.from({ length: batches }, (_, index) => Math.floor((concurrency + index) / batches))
}
