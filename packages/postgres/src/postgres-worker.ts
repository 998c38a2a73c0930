import type { Claim, Logger, Settlement, Work } from '@kyc-webhooks/core'
import {
  Attempt,
  carryOut,
  FAULT_PAUSE_MS,
  pause,
  quietly,
  type RunningWorker,
  unfailing,
  type WorkerHooks,
  waitAtMost,
  whatFailed,
} from '@kyc-webhooks/core/engine'
import type { Job, JobResult, PgBoss } from 'pg-boss'
import { AttemptTransaction } from './attempt-transaction.ts'
import type { PostgresStore } from './postgres-store.ts'
import type { Standing } from './starter.ts'
import { postpone, queueOf, type Ticket } from './tickets.ts'

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
  readonly #work: Work
  readonly #store: PostgresStore
  readonly #hooks: WorkerHooks
  readonly #queue: string
  readonly #inHand = new Set<Attempt>()
  readonly #stopping = new AbortController()
  readonly #graceOver = new AbortController()
  readonly #started: Promise<void>
  #boss: PgBoss | undefined
  #batches: string[] = []
  #suspect: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(work: Work, store: PostgresStore, hooks: WorkerHooks) {
    this.logger = unfailing(work.logger)
    this.#work = work
    this.#store = store
    this.#hooks = hooks
    this.#queue = queueOf(work.receiver)
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
        await this.#store.tickets.ensure(this.#work.receiver)
        const boss = await this.#store.boss()
        if (this.#stopping.signal.aborted) return
        this.#boss = boss
        for (const batchSize of batchSizes(this.#work.concurrency)) {
          const id = await boss.work<Ticket>(this.#queue, this.#options(batchSize), (jobs) =>
            this.#batch(jobs),
          )
          this.#batches.push(id)
        }
        return
      } catch (error) {
        const fields = { receiver: this.#work.receiver, ...whatFailed(error) }
        this.logger.error(fields, 'the inbox gives no events; trying again')
        await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      }
    }
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
      return await Promise.all(jobs.map((job) => this.#follow(job, standings.get(job.data.seq))))
    } catch (error) {
      const fields = { receiver: this.#work.receiver, ...whatFailed(error) }
      this.logger.error(fields, 'the inbox gives no events; trying again')
      await pause(FAULT_PAUSE_MS, this.#stopping.signal)
      throw error
    } finally {
      // There may be more: no pause before the next look.
      for (const id of this.#batches) this.#boss?.notifyWorker(id)
    }
  }

  /** The job follows its event: done, dead, or to come again. */
  async #follow(job: Job<Ticket>, standing: Standing = { is: 'done' }): Promise<JobResult> {
    switch (standing.is) {
      case 'done':
        return { id: job.id, status: 'completed' }
      case 'dead':
        return { id: job.id, status: 'deadletter' }
      case 'early':
        await this.#postpone(job, standing.dueInMs)
        return { id: job.id, status: 'failed' }
      case 'suspect':
        return this.#inTurn(() => this.#followSuspect(job))
      case 'started':
        return this.#carryOut(job, standing.claim)
    }
  }

  /** A payload that kills the process shall not take another suspect with it: they run one at a time. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#suspect.then(run)
    this.#suspect = turn.catch(() => {})
    return turn
  }

  async #followSuspect(job: Job<Ticket>): Promise<JobResult> {
    if (this.#stopping.signal.aborted || job.signal.aborted) return { id: job.id, status: 'failed' }
    const standings = await this.#store.start([{ seq: job.data.seq, ticket: job.id }], true)
    const standing = standings.get(job.data.seq)
    return standing?.is === 'suspect' ? { id: job.id, status: 'failed' } : this.#follow(job, standing)
  }

  async #carryOut(job: Job<Ticket>, claim: Claim): Promise<JobResult> {
    const transaction = new AttemptTransaction(this.#store, this.#work, claim)
    const work = {
      ...this.#work,
      run: (_: Claim, scope: Parameters<Work['run']>[1]) => transaction.run(scope),
    }
    const attempt = new Attempt(claim, work, { turns: transaction, logger: this.logger })
    // Another worker has the job: what this attempt comes to can no longer be settled.
    const onLost = () => attempt.release()
    job.signal.addEventListener('abort', onLost, { once: true })
    if (this.#graceOver.signal.aborted || this.#stopping.signal.aborted) attempt.release()
    this.#inHand.add(attempt)
    let retryInMs: number | undefined
    const settle = async (settlement: Settlement): Promise<void> => {
      await transaction.over()
      if (settlement.result === 'retry') retryInMs = (settlement.dueAt ?? settlement.at) - settlement.at
      if (transaction.isCommitted) return
      const { head: _, ...rest } = settlement
      await this.#hooks.settle(rest)
    }
    const tools = { work: this.#work, logger: this.logger, settle, graceOver: this.#graceOver.signal }
    const result = await carryOut(attempt, tools)
    job.signal.removeEventListener('abort', onLost)
    this.#inHand.delete(attempt)
    if (retryInMs !== undefined && result === 'retry') await this.#postpone(job, retryInMs)
    return { id: job.id, status: STATUS[result ?? 'released'] }
  }

  /** pg-boss counts its delays in its own way; this one is the receiver's policy. */
  async #postpone(job: Job<Ticket>, delayMs: number): Promise<void> {
    const { database } = this.#store
    await quietly(this.#work, this.logger, 'postponing', async () => {
      const boss = await this.#store.boss()
      await database.transaction((client) => postpone(boss, client, job, delayMs))
    })
    // Nobody is told when a delay is over; others look every now and then.
    const wakeInMs = Math.min(delayMs, 2_147_483_647)
    setTimeout(() => this.wake(), wakeInMs).unref()
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
    for (const attempt of this.#inHand) attempt.release()
    if (!(await waitAtMost(HAND_BACK_MS, idle))) {
      this.logger.error({ receiver: this.#work.receiver }, 'the inbox does not answer: stopped without it')
    }
    this.#hooks.onStopped()
  }

  /** Resolves when nothing is in hand and nothing will be. */
  async #idle(): Promise<void> {
    await Promise.all(this.#batches.map((id) => this.#boss?.offWork(this.#queue, { id, wait: true })))
  }
}

const STATUS = { done: 'completed', dead: 'deadletter', retry: 'failed', released: 'failed' } as const

/** So many batches, of as equal sizes as can be, that the events in hand are never more than asked. */
export function batchSizes(concurrency: number): number[] {
  const batches = Math.min(BATCHES, concurrency)
  return Array.from({ length: batches }, (_, index) => Math.floor((concurrency + index) / batches))
}
