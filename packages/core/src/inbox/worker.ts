import { guarded, type Logger } from '../logger.ts'
import { Attempt, type AttemptTools } from './attempt.ts'
import { carryOut, FAULT_PAUSE_MS, quietly } from './carry-out.ts'
import type { Work } from './inbox.ts'
import { pause, waitAtMost } from './pause.ts'
import type { Claim, InboxEngine } from './port.ts'
import { RunRight } from './run-right.ts'
import type { RunningWorker, WorkerHooks } from './running-worker.ts'
import { LocalTurns } from './turns.ts'
import { whatFailed } from './what-failed.ts'

/** How often to look for events that other processes recorded, and for the right to run them. */
const POLL_MS = 500
/** When stopping: how long the engine may take to record what the attempts in hand came to. */
const HAND_BACK_MS = 5_000

/** How long to wait before looking again, and what ends the wait early. */
interface Pause {
  ms: number
  until: AbortSignal
}

/** Hands the events of one receiver to its handler: claims, runs, settles. */
export class EventWorker implements RunningWorker {
  readonly logger: Logger
  readonly work: Work
  readonly #engine: InboxEngine
  readonly #hooks: WorkerHooks
  readonly #tools: AttemptTools
  readonly #right: RunRight
  readonly #inHand = new Map<Attempt, Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #graceOver = new AbortController()
  readonly #looping: Promise<void>
  /** Aborted by `wake`. */
  #alarm = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(work: Work, engine: InboxEngine, hooks: WorkerHooks) {
    this.logger = guarded(work.logger)
    this.work = work
    this.#engine = engine
    this.#hooks = hooks
    this.#tools = { turns: new LocalTurns(engine), logger: this.logger, guard: hooks.guard }
    this.#right = new RunRight(engine, work.receiver, work.now)
    this.#looping = this.#loop()
  }

  /** Looks for work now: events were recorded, an attempt ended. */
  wake(): void {
    this.#alarm.abort('woken')
  }

  async #loop(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // Before looking: who wakes us meanwhile may have recorded what this look does not see.
      this.#alarm = new AbortController()
      const { ms, until } = await this.#look()
      await pause(ms, until)
    }
  }

  async #look(): Promise<Pause> {
    try {
      await this.#hooks.opened()
      // What is in hand must be settled before the right is taken anew.
      if (this.#right.isInDoubt && this.#inHand.size > 0) return { ms: POLL_MS, until: this.#alarm.signal }
      // Another process has it, so what is recorded here need not wake us.
      if (!(await this.#right.take())) return { ms: POLL_MS, until: this.#stopping.signal }
      return { ms: await this.#claim(), until: this.#alarm.signal }
    } catch (error) {
      const fields = { receiver: this.work.receiver, ...whatFailed(error) }
      this.logger.error(fields, 'the inbox gives no events; trying again')
      return { ms: FAULT_PAUSE_MS, until: this.#stopping.signal }
    }
  }

  /** Starts what can be started. Resolves to when to look again, in milliseconds. */
  async #claim(): Promise<number> {
    const { receiver, concurrency, now } = this.work
    const limit = concurrency - this.#inHand.size
    if (limit <= 0) return POLL_MS
    // A payload that kills the process shall not take the same neighbours with it again and again: suspects run one at a time.
    const suspects = ![...this.#inHand.keys()].some((attempt) => attempt.claim.crashes > 0)
    const claimedAt = now()
    const request = { receiver, now: claimedAt, limit, suspects }
    const { claims, nextDueAt } = await this.#right.use(() => this.#engine.claim(request))
    // The reply to the delivery goes out first: a handler may keep the event loop busy.
    if (claims.length > 0) await new Promise(setImmediate)
    for (const claim of claims) this.#start(claim)
    // What is due and was not claimed waits for an attempt in hand, whose end wakes us.
    if (nextDueAt === undefined || nextDueAt <= claimedAt) return POLL_MS
    return Math.min(POLL_MS, Math.max(1, nextDueAt - now()))
  }

  #start(claim: Claim): void {
    const attempt = new Attempt(claim, this.work, this.#tools)
    if (this.#stopping.signal.aborted) attempt.release()
    this.#inHand.set(attempt, this.#carryOut(attempt))
  }

  async #carryOut(attempt: Attempt): Promise<void> {
    await carryOut(attempt, {
      work: this.work,
      logger: this.logger,
      settle: (settlement) => this.#hooks.settle(settlement),
      graceOver: this.#graceOver.signal,
    })
    this.#inHand.delete(attempt)
    this.wake()
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs)
    return this.#stopped
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort('stopping')
    this.wake()
    await waitAtMost(graceMs, this.#idle())
    this.#graceOver.abort('grace over')
    for (const attempt of this.#inHand.keys()) attempt.release()
    if (await waitAtMost(HAND_BACK_MS, this.#handBack())) return
    this.logger.error({ receiver: this.work.receiver }, 'the inbox does not answer: stopped without it')
  }

  /** Resolves when nothing is in hand and nothing will be. */
  async #idle(): Promise<void> {
    await this.#looping
    await Promise.all(this.#inHand.values())
  }

  /** Never before the results are recorded: another process would count the events as crashed. */
  async #handBack(): Promise<void> {
    await this.#idle()
    await quietly(this.work, this.logger, 'giving back the right to run events', () => this.#right.giveBack())
    this.#hooks.onStopped()
  }
}
