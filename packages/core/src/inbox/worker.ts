import { errorName } from '../error-text.ts'
import { Attempt } from './attempt.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Work, Worker } from './inbox.ts'
import { KeyedMutex } from './keyed-mutex.ts'
import type { InboxEngine, Settlement } from './port.ts'

/** How often to look for events that other processes recorded, and for the right to run them. */
const POLL_MS = 500
/** How long to wait after the engine failed. */
const FAULT_PAUSE_MS = 1_000
/** After the grace period: how long an aborted handler has to notice. */
const ABORT_PAUSE_MS = 250

interface WorkerHooks {
  opened: () => Promise<void>
  onStopped: () => void
}

/** Hands the events of one receiver to its handler: claims, runs, settles. */
export class EventWorker implements Worker {
  readonly #work: Work
  readonly #engine: InboxEngine
  readonly #commits: GroupCommit
  readonly #hooks: WorkerHooks
  readonly #subjects = new KeyedMutex()
  readonly #inHand = new Map<Attempt, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #pumping: Promise<void> | undefined
  #wokenMeanwhile = false
  #acquired = false
  #stopped: Promise<void> | undefined

  constructor(work: Work, engine: InboxEngine, commits: GroupCommit, hooks: WorkerHooks) {
    this.#work = work
    this.#engine = engine
    this.#commits = commits
    this.#hooks = hooks
  }

  /** Looks for work now: events were recorded, an attempt ended, or time has passed. */
  wake(): void {
    if (this.#stopped !== undefined) return
    this.#wokenMeanwhile = true
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
      if (this.#wokenMeanwhile) this.wake()
    })
  }

  async #pump(): Promise<void> {
    clearTimeout(this.#timer)
    let pause = POLL_MS
    while (this.#wokenMeanwhile && this.#stopped === undefined) {
      this.#wokenMeanwhile = false
      try {
        await this.#hooks.opened()
        pause = await this.#claim()
      } catch (error) {
        this.#work.logger.error(
          { receiver: this.#work.receiver, code: errorName(error) },
          'the inbox gives no events; trying again',
        )
        pause = FAULT_PAUSE_MS
      }
    }
    if (this.#stopped === undefined) this.#timer = setTimeout(() => this.wake(), pause).unref()
  }

  /** Starts what can be started. Resolves to when to look again, in milliseconds. */
  async #claim(): Promise<number> {
    const { receiver, concurrency, now } = this.#work
    if (!this.#acquired) this.#acquired = await this.#engine.acquire(receiver, now())
    const limit = concurrency - this.#inHand.size
    if (!this.#acquired || limit <= 0) return POLL_MS
    // A payload that kills the process shall not take the same neighbours with it again and again: suspects run one at a time.
    const suspects = ![...this.#inHand.keys()].some((attempt) => attempt.claim.crashes > 0)
    const claimedAt = now()
    const { claims, nextDueAt } = await this.#engine.claim({ receiver, now: claimedAt, limit, suspects })
    for (const claim of claims) {
      const attempt = new Attempt(claim, this.#work, this.#engine, this.#subjects)
      this.#inHand.set(attempt, this.#carryOut(attempt))
    }
    // What is due and was not claimed waits for an attempt in hand, whose end wakes us.
    if (nextDueAt === undefined || nextDueAt <= claimedAt) return POLL_MS
    return Math.min(POLL_MS, Math.max(1, nextDueAt - now()))
  }

  async #carryOut(attempt: Attempt): Promise<void> {
    const startedAt = performance.now()
    const settlement = await attempt.run()
    this.#tell(settlement, performance.now() - startedAt)
    await this.#settle(settlement)
    if (settlement.result === 'dead') this.#tellDead(attempt, settlement)
    attempt.settled()
    this.#inHand.delete(attempt)
    this.wake()
  }

  /** A result that cannot be recorded now is recorded later: forgotten, the handler would run once more than it must. */
  async #settle(settlement: Settlement): Promise<void> {
    for (;;) {
      try {
        return await this.#commits.settle(settlement)
      } catch (error) {
        this.#work.logger.error(
          { receiver: this.#work.receiver, seq: settlement.seq, code: errorName(error) },
          'a result could not be recorded',
        )
        if (this.#stopped !== undefined) return
        await new Promise((resolve) => setTimeout(resolve, FAULT_PAUSE_MS))
      }
    }
  }

  #tell({ result }: Settlement, durationMs: number): void {
    this.#guarded('onAttempt', () => this.#work.onAttempt?.(durationMs, result))
  }

  #tellDead({ claim }: Attempt, { error = 'Error' }: Settlement): void {
    const { receiver, onDeadLetter } = this.#work
    const { seq, attempt: attempts, crashes, json } = claim
    this.#guarded('onDeadLetter', () => onDeadLetter?.({ seq, receiver, attempts, crashes, error, json }))
  }

  #guarded(hook: string, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#work.logger.error({ receiver: this.#work.receiver, error: errorName(error) }, `${hook} threw`)
    }
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs)
    return this.#stopped
  }

  async #stop(graceMs: number): Promise<void> {
    clearTimeout(this.#timer)
    // Assigned by `stop` only after this function's first pause: the pump must not start more meanwhile.
    await Promise.resolve()
    await this.#pumping
    const finished = () => Promise.all(this.#inHand.values())
    await Promise.race([finished(), pause(graceMs)])
    for (const attempt of this.#inHand.keys()) attempt.release()
    await Promise.race([finished(), pause(ABORT_PAUSE_MS)])
    await this.#commits.drain()
    if (this.#acquired) await this.#engine.release(this.#work.receiver)
    this.#hooks.onStopped()
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
