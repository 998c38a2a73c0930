import { errorFrames } from '../error-text.ts'
import type { Inbox } from '../inbox/inbox.ts'
import { pause } from '../inbox/pause.ts'
import { whatFailed } from '../inbox/what-failed.ts'
import type { Provider } from '../provider.ts'
import { checkIdentity, keepPolledIdentity } from './identities.ts'
import { Overdue } from './overdue.ts'
import { poll, type Tally } from './poll.ts'
import type { ReconcileOptions } from './reconcile-options.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'
import { retryIn } from './retry-in.ts'
import { giveBackTask, takeTask } from './tasks.ts'
import { keepTurn, takeTurn } from './turns.ts'
import { withinTime } from './within-time.ts'

/** How often to look whether it is time, at the latest: so late at most another process takes over from one that died. */
const MAX_LOOK_MS = 60_000

/** Looks now and then whether it is time to poll, and polls when no process of the inbox has done so for `everyMs`. */
export class ReconcilerLoop {
  readonly #inbox: Inbox
  readonly #provider: Provider
  readonly #settings: ReconcileSettings
  readonly #fetch: ReconcileOptions['fetch']
  readonly #overdue: Overdue
  readonly #closing = new AbortController()
  readonly #forgetIdentity: () => void
  readonly #looping: Promise<void>
  #failures = 0
  /** By a clock that nobody sets: the inbox goes by the time of day, which may jump. */
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(
    inbox: Inbox,
    provider: Provider,
    settings: ReconcileSettings,
    options: Pick<ReconcileOptions, 'fetch' | 'expected' | 'onMissing'>,
  ) {
    this.#inbox = inbox
    this.#provider = provider
    this.#settings = settings
    this.#fetch = options.fetch
    this.#overdue = new Overdue(inbox, provider, settings, options)
    takeTask(inbox, settings)
    this.#forgetIdentity = keepPolledIdentity(inbox, settings.name, provider)
    this.#looping = this.#loop()
  }

  close(): Promise<void> {
    this.#closing.abort(new Error('the reconciler is closing'))
    return this.#looping
  }

  async #loop(): Promise<void> {
    const { everyMs, random } = this.#settings
    while (!this.#isClosing) {
      if (performance.now() >= this.#notBefore && (await this.#isTime())) await this.#round()
      // A fifth is left to chance, so that processes that started together do not look together for ever.
      await pause(Math.min(everyMs / 10, MAX_LOOK_MS) * (1 - 0.2 * random()), this.#closing.signal)
    }
    giveBackTask(this.#inbox, this.#settings)
    this.#forgetIdentity()
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  /** True for one process, when nobody polled for `everyMs`. */
  async #isTime(): Promise<boolean> {
    try {
      checkIdentity(this.#inbox, this.#settings.name, this.#provider)
      // Opened first: what is recorded meanwhile would wait, and be older than it says.
      await this.#inbox.open()
      return await takeTurn(this.#inbox, this.#settings)
    } catch (error) {
      this.#fail(error, 'the inbox does not tell whether it is time to poll; trying again')
      return false
    }
  }

  /** A poll, again when it fails and there is time, and then a look at what is missing. */
  async #round(): Promise<void> {
    const { now } = this.#settings
    const startedAt = now()
    while (!this.#isClosing) {
      const hasSucceeded = await this.#poll()
      // One that the closing cut short does not count: whoever looks next makes it again.
      if (hasSucceeded || !this.#isClosing) await this.#keepTurn(startedAt)
      if (hasSucceeded) break
      const waitMs = retryIn(this.#settings, { failures: this.#failures, elapsedMs: now() - startedAt })
      if (waitMs === undefined) break
      await pause(waitMs, this.#closing.signal)
    }
    if (!this.#isClosing) await this.#flagMissing()
  }

  /** After failures too: this process makes the poll again, and no other one shall come between. */
  async #keepTurn(startedAt: number): Promise<void> {
    try {
      await keepTurn(this.#inbox, this.#settings, startedAt)
    } catch (error) {
      this.#fail(error, 'the inbox does not remember that it was polled: the next poll may come early')
    }
  }

  /** Resolves to whether it succeeded. */
  async #poll(): Promise<boolean> {
    const { fetchTimeoutMs, minEveryMs, now } = this.#settings
    const tally: Tally = { results: 0, recorded: 0, known: 0, unusable: new Map() }
    const startedAt = now()
    // From when it is asked: the inbox may have taken its time to say that it is time.
    this.#notBefore = performance.now() + minEveryMs
    try {
      await withinTime(fetchTimeoutMs, this.#closing.signal, (signal) =>
        poll(this.#inbox, this.#provider, this.#settings, { fetch: this.#fetch, signal, tally }),
      )
      this.#failures = 0
      return true
    } catch (error) {
      if (this.#isClosing) return false
      this.#failures += 1
      this.#fail(error, 'poll failed: it is made again when the provider may be asked')
      return false
    } finally {
      this.#report(tally, now() - startedAt)
    }
  }

  #report({ unusable, ...counts }: Tally, durationMs: number): void {
    const { logger } = this.#settings
    logger.info({ ...this.#who, ...counts, durationMs }, 'polled')
    for (const [detail, results] of unusable)
      logger.error(
        { ...this.#who, results, detail },
        'results of the poll are not usable: no event was made of them',
      )
  }

  async #flagMissing(): Promise<void> {
    try {
      await this.#overdue.flag(this.#closing.signal)
    } catch (error) {
      if (!this.#isClosing)
        this.#fail(error, 'what is missing could not be told; trying again after the next poll')
    }
  }

  /** Never the message of an error from elsewhere: it may quote a person's data, or a key. */
  #fail(error: unknown, message: string): void {
    const fields = { ...this.#who, ...whatFailed(error), stack: errorFrames(error), failures: this.#failures }
    this.#settings.logger.error(fields, message)
  }

  get #who(): object {
    const { name: receiver, task } = this.#settings
    return { provider: this.#provider.name, receiver, task }
  }
}
