import type { Claim, Logger, Settlement, Work } from '@kyc-webhooks/core'
import { Attempt, carryOut, quietly, type WorkerHooks } from '@kyc-webhooks/core/engine'
import { AttemptTransaction } from './attempt-transaction.ts'
import type { Permits } from './permits.ts'
import type { PostgresStore } from './postgres-store.ts'
import type { Standing, TicketRow } from './starter.ts'

/** An event of a job in hand. */
export interface Ticketing extends TicketRow {
  /** Aborted when pg-boss has given the job to another worker. */
  lost: AbortSignal
}

export interface FollowerTools {
  logger: Logger
  guard: WorkerHooks['guard']
  settle(settlement: Settlement): Promise<void>
  /** Aborted when nothing more is to be started. */
  stopping: AbortSignal
  /** Aborted when what is in hand is given back. */
  graceOver: AbortSignal
  /** Has the worker look for jobs after so many milliseconds. */
  wakeIn(delayMs: number): void
}

/** What becomes of a ticket, as far as one of its events goes: nothing is left to do, or it has to come again. */
export type Followed = 'over' | 'again'

/** Does for each event of a job what it needs. */
export class Follower {
  readonly #work: Work
  readonly #store: PostgresStore
  readonly #permits: Permits
  readonly #tools: FollowerTools
  readonly #inHand = new Set<Attempt>()
  #suspect: Promise<unknown> = Promise.resolve()

  constructor(work: Work, store: PostgresStore, permits: Permits, tools: FollowerTools) {
    this.#work = work
    this.#store = store
    this.#permits = permits
    this.#tools = tools
  }

  /** Cuts the attempts in hand off and gives their events back. */
  release(): void {
    for (const attempt of this.#inHand) attempt.release()
  }

  /** Takes one event as far as it goes now. The caller has a permit for it, which is given back. */
  async follow(event: Ticketing, standing: Standing = { is: 'done' }): Promise<Followed> {
    if (standing.is === 'started') return this.#carryOut(event, standing.claim)
    this.#permits.give(1)
    if (standing.is === 'suspect') {
      const fields = { receiver: this.#work.receiver, seq: event.seq }
      this.#tools.logger.warn(fields, 'an attempt of this event was not survived: it runs alone')
      return this.#inTurn(() => this.#followSuspect(event))
    }
    if (standing.is === 'early') {
      await this.#store.postpone([event])
      this.#tools.wakeIn(standing.dueInMs)
    }
    return 'over'
  }

  /** A payload that kills the process shall not take another suspect with it: they run one at a time. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#suspect.then(run)
    this.#suspect = turn.catch(() => {})
    return turn
  }

  async #followSuspect(event: Ticketing): Promise<Followed> {
    await this.#permits.take(1)
    if (this.#tools.stopping.aborted || event.lost.aborted) {
      this.#permits.give(1)
      return 'again'
    }
    try {
      const standing = (await this.#store.start([event], true)).get(event.seq)
      if (standing?.is === 'started') return await this.#carryOut(event, standing.claim)
      this.#permits.give(1)
      return standing?.is === 'suspect' ? 'again' : 'over'
    } catch (error) {
      this.#permits.give(1)
      throw error
    }
  }

  async #carryOut({ lost }: Ticketing, claim: Claim): Promise<Followed> {
    const transaction = new AttemptTransaction(this.#store, this.#work)
    const work = {
      ...this.#work,
      run: (...args: Parameters<Work['run']>) => transaction.run(...args),
    }
    const { logger, guard, graceOver, stopping } = this.#tools
    const attempt = new Attempt(claim, work, { turns: transaction, logger, guard })
    // Another worker has the job: what this attempt comes to can no longer be settled.
    const onLost = () => attempt.release()
    lost.addEventListener('abort', onLost, { once: true })
    if (graceOver.aborted || stopping.aborted || lost.aborted) attempt.release()
    this.#inHand.add(attempt)
    // An attempt that cannot begin is none: the handler has not run.
    await quietly(this.#work, logger, 'beginning a transaction', () =>
      transaction.prepare().catch((error) => {
        attempt.release()
        throw error
      }),
    )
    const settle = async (settlement: Settlement): Promise<void> => {
      await transaction.over()
      if (transaction.isCommitted) return
      const { head: _, ...rest } = settlement
      await this.#tools.settle(rest)
      const { result, at, dueAt = at } = settlement
      if (result === 'retry') this.#tools.wakeIn(dueAt - at)
    }
    const result = await carryOut(attempt, { work: this.#work, logger, settle, graceOver })
    lost.removeEventListener('abort', onLost)
    this.#inHand.delete(attempt)
    this.#permits.give(1)
    return result === undefined || result === 'released' ? 'again' : 'over'
  }
}
