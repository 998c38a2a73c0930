import { errorFrames, errorName } from '../error-text.ts'
import type { AttemptScope, Work } from './inbox.ts'
import type { KeyedMutex } from './keyed-mutex.ts'
import type { Claim, InboxEngine, Settlement } from './port.ts'
import { retryDelay } from './retry-policy.ts'

class TimeoutError extends Error {
  override name = 'timeout'
}

/** One run of a handler for one event, from start to settlement. */
export class Attempt {
  readonly claim: Claim
  readonly #work: Work
  readonly #engine: Pick<InboxEngine, 'head'>
  readonly #subjects: KeyedMutex
  readonly #abort = new AbortController()
  readonly #unlocks: (() => void)[] = []
  #head: Settlement['head']
  #released = false
  #over = false

  constructor(claim: Claim, work: Work, engine: Pick<InboxEngine, 'head'>, subjects: KeyedMutex) {
    this.claim = claim
    this.#work = work
    this.#engine = engine
    this.#subjects = subjects
  }

  /** Runs the handler. Never rejects: whatever it does becomes a settlement. */
  async run(): Promise<Settlement> {
    if (this.claim.crashes >= this.#work.retry.crashes) return this.#failed('crashed')
    const { promise: cut, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => this.#abort.abort(new TimeoutError()), this.#work.timeoutMs)
    this.#abort.signal.addEventListener('abort', () => reject(this.#abort.signal.reason), { once: true })
    const scope: AttemptScope = { signal: this.#abort.signal, latest: (...args) => this.#latest(...args) }
    try {
      await Promise.race([this.#work.run(this.claim, scope), cut])
      return this.#done()
    } catch (error) {
      if (this.#released) return this.#givenBack()
      return this.#failed(errorName(error), errorFrames(error))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Cuts the attempt off and gives the event back: it does not count. */
  release(): void {
    this.#released = true
    this.#abort.abort(new Error('the receiver is closing'))
  }

  /** To be called when the settlement is durable: the next event of the subject must find its head. */
  settled(): void {
    this.#over = true
    for (const unlock of this.#unlocks) unlock()
  }

  async #latest(
    subject: string,
    time: number,
    equalTimes: 'apply' | 'skip',
    write: () => unknown,
  ): Promise<boolean> {
    const unlock = await this.#subjects.lock(subject)
    // Cut off while waiting for its turn: the attempt is over, and nobody else would unlock.
    if (this.#over || this.#abort.signal.aborted) {
      unlock()
      throw this.#abort.signal.reason
    }
    this.#unlocks.push(unlock)
    const head = await this.#engine.head(this.#work.receiver, subject)
    if (head !== undefined && (time < head || (time === head && equalTimes === 'skip'))) return false
    await write()
    this.#head = { subject, time }
    return true
  }

  #done(): Settlement {
    const at = this.#work.now()
    const head = this.#head === undefined ? {} : { head: this.#head }
    return { ...this.#result('done', at), purgeAt: at + this.#work.keepHandledMs, ...head }
  }

  #givenBack(): Settlement {
    const at = this.#work.now()
    return { ...this.#result('released', at), dueAt: at }
  }

  #failed(error: string, stack: string[] = []): Settlement {
    const { work, claim } = { work: this.#work, claim: this.claim }
    const at = work.now()
    const isLast = claim.attempt >= work.retry.attempts || error === 'crashed'
    const delay = retryDelay(work.retry, claim.attempt, work.random)
    const fields = { receiver: work.receiver, seq: claim.seq, attempt: claim.attempt, error, stack }
    if (isLast) {
      work.logger.error(fields, 'handler failed for the last time: the event is a dead letter')
      return { ...this.#result('dead', at), error }
    }
    work.logger.warn({ ...fields, retryInMs: delay }, 'handler failed and will run again')
    return { ...this.#result('retry', at), error, dueAt: at + delay }
  }

  #result(result: Settlement['result'], at: number): Settlement {
    return { seq: this.claim.seq, attempt: this.claim.attempt, result, at }
  }
}
