import type { Claim, Logger, Settlement, Work } from '@kyc-webhooks/core'
import { Attempt, carryOut, quietly } from '@kyc-webhooks/core/engine'
import type { Job, JobResult } from 'pg-boss'
import { AttemptTransaction } from './attempt-transaction.ts'
import type { PostgresStore } from './postgres-store.ts'
import type { Standing } from './starter.ts'
import { postpone, type Ticket } from './tickets.ts'

const STATUS = { done: 'completed', dead: 'deadletter', retry: 'failed', released: 'failed' } as const

export interface FollowerTools {
  logger: Logger
  settle(settlement: Settlement): Promise<void>
  /** Aborted when nothing more is to be started. */
  stopping: AbortSignal
  /** Aborted when what is in hand is given back. */
  graceOver: AbortSignal
  /** Has the worker look for jobs. */
  wake(): void
}

/** Does for a job what its event needs, and tells pg-boss what became of it. */
export class Follower {
  readonly #work: Work
  readonly #store: PostgresStore
  readonly #tools: FollowerTools
  readonly #inHand = new Set<Attempt>()
  #suspect: Promise<unknown> = Promise.resolve()

  constructor(work: Work, store: PostgresStore, tools: FollowerTools) {
    this.#work = work
    this.#store = store
    this.#tools = tools
  }

  /** Cuts the attempts in hand off and gives their events back. */
  release(): void {
    for (const attempt of this.#inHand) attempt.release()
  }

  /** The job follows its event: done, dead, or to come again. */
  async follow(job: Job<Ticket>, standing: Standing = { is: 'done' }): Promise<JobResult> {
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
    if (this.#tools.stopping.aborted || job.signal.aborted) return { id: job.id, status: 'failed' }
    const standings = await this.#store.start([{ seq: job.data.seq, ticket: job.id }], true)
    const standing = standings.get(job.data.seq)
    return standing?.is === 'suspect' ? { id: job.id, status: 'failed' } : this.follow(job, standing)
  }

  async #carryOut(job: Job<Ticket>, claim: Claim): Promise<JobResult> {
    const transaction = new AttemptTransaction(this.#store, this.#work, claim)
    const work = {
      ...this.#work,
      run: (_: Claim, scope: Parameters<Work['run']>[1]) => transaction.run(scope),
    }
    const attempt = new Attempt(claim, work, { turns: transaction, logger: this.#tools.logger })
    // Another worker has the job: what this attempt comes to can no longer be settled.
    const onLost = () => attempt.release()
    job.signal.addEventListener('abort', onLost, { once: true })
    if (this.#tools.graceOver.aborted || this.#tools.stopping.aborted) attempt.release()
    this.#inHand.add(attempt)
    let retryInMs: number | undefined
    const settle = async (settlement: Settlement): Promise<void> => {
      await transaction.over()
      if (settlement.result === 'retry') retryInMs = (settlement.dueAt ?? settlement.at) - settlement.at
      if (transaction.isCommitted) return
      const { head: _, ...rest } = settlement
      await this.#tools.settle(rest)
    }
    const tools = { work: this.#work, logger: this.#tools.logger, settle, graceOver: this.#tools.graceOver }
    const result = await carryOut(attempt, tools)
    job.signal.removeEventListener('abort', onLost)
    this.#inHand.delete(attempt)
    if (retryInMs !== undefined && result === 'retry') await this.#postpone(job, retryInMs)
    return { id: job.id, status: STATUS[result ?? 'released'] }
  }

  /** pg-boss counts its delays in its own way; this one is the receiver's policy. */
  async #postpone(job: Job<Ticket>, delayMs: number): Promise<void> {
    const { database } = this.#store
    await quietly(this.#work, this.#tools.logger, 'postponing', async () => {
      const boss = await this.#store.boss()
      await database.transaction((client) => postpone(boss, client, job, delayMs))
    })
    // Nobody is told when a delay is over; others look every now and then.
    const wakeInMs = Math.min(delayMs, 2_147_483_647)
    setTimeout(() => this.#tools.wake(), wakeInMs).unref()
  }
}
