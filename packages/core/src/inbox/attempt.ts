import { errorFrames, errorName, printable } from '../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { AttemptScope, Work } from './inbox.ts'
import type { Claim, Settlement } from './port.ts'
import { keptMs } from './retention.ts'
import { retryDelay } from './retry-policy.ts'
import type { ClaimGuard } from './sealing/store-guard.ts'
import type { Turn, Turns } from './turns.ts'
import { whatFailed } from './what-failed.ts'

export interface AttemptTools {
  /** For `latestOnly`. */
  turns: Turns
  logger: Logger
  guard: ClaimGuard
}

/** An event whose key is missing is looked at again after so long. */
const KEY_PAUSE_MS = 60_000

class TimeoutError extends Error {
  override name = 'timeout'
}

/** One run of a handler for one event, from start to settlement. */
export class Attempt {
  #claim: Claim
  readonly #work: Work
  readonly #tools: AttemptTools
  readonly #abort = new AbortController()
  readonly #writes: Promise<boolean>[] = []
  #timer: NodeJS.Timeout | undefined
  #turn: { subject: string; come: Promise<Turn> } | undefined
  #head: Settlement['head']
  #released = false
  #ended = false

  constructor(claim: Claim, work: Work, tools: AttemptTools) {
    this.#claim = claim
    this.#work = work
    this.#tools = tools
  }

  /** As it stands in the store until it runs; then opened, if it can be. */
  get claim(): Claim {
    return this.#claim
  }

  /** Runs the handler. Never rejects: whatever it does becomes a settlement. */
  async run(): Promise<Settlement> {
    if (this.#released) return this.#givenBack()
    const unopened = this.#open()
    if (unopened !== undefined) return unopened
    if (this.claim.crashes >= this.#work.retry.crashes) return this.#dead('crashed', [])
    const { promise: cut, reject } = Promise.withResolvers<never>()
    const { signal } = this.#abort
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    this.#startClock()
    try {
      await Promise.race([this.#handle(), cut])
      return this.#done()
    } catch (error) {
      return this.#released ? this.#givenBack() : this.#failed(errorName(error), errorFrames(error))
    } finally {
      this.#ended = true
      clearTimeout(this.#timer)
    }
  }

  /** Without its key the event waits for it, however long: no attempt was made. What was changed no key opens. */
  #open(): Settlement | undefined {
    try {
      this.#claim = this.#tools.guard.open(this.#claim)
      return undefined
    } catch (error) {
      const fields = { receiver: this.#work.receiver, seq: this.#claim.seq, ...whatFailed(error) }
      this.#tools.logger.error(fields, 'a sealed event cannot be opened')
      if (!isKycWebhookError(error, 'encryption-key-missing')) {
        this.#claim = {
          ...this.#claim,
          json: 'null',
          context: { receivedAt: this.#claim.context.receivedAt },
        }
        return this.#dead('sealed-value-broken', [])
      }
      const at = this.#work.now()
      return { ...this.#result('released', at), dueAt: at + KEY_PAUSE_MS }
    }
  }

  /** Cuts the attempt off and gives the event back: it does not count. */
  release(): void {
    this.#released = true
    this.#abort.abort(new Error('the receiver is closing'))
  }

  /** To be called when the settlement is durable or given up: the next event of the subject must find its head. */
  leave(): void {
    void this.#turn?.come.then(
      (turn) => turn.leave(),
      () => {},
    )
  }

  async #handle(): Promise<void> {
    const latest: AttemptScope['latest'] = (...args) => {
      const write = this.#latest(...args)
      this.#writes.push(write)
      return write
    }
    await this.#work.run(this.claim, { signal: this.#abort.signal, latest })
    // One that the handler did not wait for is part of the attempt all the same: its head belongs in the settlement.
    await Promise.allSettled(this.#writes)
  }

  async #latest(...[subject, time, equalTimes, write]: Parameters<AttemptScope['latest']>): Promise<boolean> {
    const turn = await this.#takeTurn(subject)
    const isLatest = await turn.isLatest(time, equalTimes)
    this.#throwIfOver()
    if (!isLatest) return false
    await write()
    this.#head = { key: this.#tools.guard.headKeys(subject)[0], time }
    return true
  }

  /** Waits until no other attempt holds the subject. Held until the settlement is durable. */
  async #takeTurn(subject: string): Promise<Turn> {
    this.#throwIfOver()
    if (this.#turn?.subject === subject) return this.#turn.come
    if (this.#turn !== undefined) {
      // A settlement has one head; and two attempts with two subjects each could wait for each other for ever.
      throw new KycWebhookError('option-invalid', 'latestOnly() with two subjects in one run of a handler')
    }
    // What others take is not this handler's time.
    clearTimeout(this.#timer)
    this.#turn = { subject, come: this.#tools.turns.take(this.#tools.guard.headKeys(subject)) }
    try {
      return await this.#turn.come
    } finally {
      this.#throwIfOver()
      this.#startClock()
    }
  }

  #throwIfOver(): void {
    this.#abort.signal.throwIfAborted()
    if (this.#ended) throw new KycWebhookError('option-invalid', 'latestOnly() after its run had ended')
  }

  /** A handler that waits for nothing that Node knows of does not keep the process alive. */
  #startClock(): void {
    this.#timer = setTimeout(() => this.#abort.abort(new TimeoutError()), this.#work.timeoutMs).unref()
  }

  #done(): Settlement {
    const at = this.#work.now()
    const head = this.#head === undefined ? {} : { head: this.#head }
    return {
      ...this.#result('done', at),
      purgeAt: at + keptMs(this.#work.keepHandledMs, this.#claim.json),
      ...head,
    }
  }

  #givenBack(): Settlement {
    const at = this.#work.now()
    return { ...this.#result('released', at), dueAt: at }
  }

  #failed(error: string, stack: string[]): Settlement {
    const { retry, random, now } = this.#work
    if (this.claim.attempt >= retry.attempts) return this.#dead(error, stack)
    const retryInMs = retryDelay(retry, this.claim.attempt, random)
    const fields = { ...this.#who(), error, stack, retryInMs }
    this.#tools.logger.warn(fields, 'handler failed and will run again')
    const at = now()
    return { ...this.#result('retry', at), error, dueAt: at + retryInMs }
  }

  #dead(error: string, stack: string[]): Settlement {
    this.#tools.logger.error({ ...this.#who(), error, stack }, 'attempts ran out: the event is a dead letter')
    return { ...this.#result('dead', this.#work.now()), error }
  }

  /** Tells whose handler it is: the event as the handler sees it, and the delivery as its own line in the log has it. */
  #who(): object {
    const { seq, attempt, json, context } = this.claim
    const { id, type } = nameOf(json)
    return {
      receiver: this.#work.receiver,
      deliveryId: context.id === undefined ? undefined : printable(context.id),
      eventId: id,
      type,
      seq,
      attempt,
    }
  }

  #result(result: Settlement['result'], at: number): Settlement {
    return { seq: this.claim.seq, attempt: this.claim.attempt, result, at }
  }
}

/** What an event calls itself, fit for the log. Nothing of a store that is damaged: then the handler has failed by that. */
function nameOf(json: string): { id?: string; type?: string } {
  try {
    const { id, type } = JSON.parse(json) as { id: unknown; type: unknown }
    return { id: printable(String(id)), type: printable(String(type)) }
  } catch {
    return {}
  }
}
