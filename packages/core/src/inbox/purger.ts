import type { InboxEngine } from './port.ts'

/** Rows deleted in one step: a purge never holds the store for long. */
const CHUNK = 500
/** Between two steps: commits come first. */
const STEP_PAUSE_MS = 50

export interface PurgerOptions {
  everyMs: number
  now: () => number
  /** Told of a failure that is not the first in a row: the next step would have made up for a single one. */
  onFailing: (error: unknown, failures: number) => void
}

/** Deletes rows whose time is over, now and then, a few at a time. */
export class Purger {
  readonly #engine: Pick<InboxEngine, 'purge'>
  readonly #options: PurgerOptions
  #timer: NodeJS.Timeout | undefined
  #step: Promise<void> | undefined
  #failures = 0
  #isStopped = false

  constructor(engine: Pick<InboxEngine, 'purge'>, options: PurgerOptions) {
    this.#engine = engine
    this.#options = options
  }

  start(): void {
    if (!this.#isStopped) this.#stepIn(this.#options.everyMs)
  }

  /** Resolves when no step is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#step
  }

  #stepIn(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#step = this.#purge()
    }, ms).unref()
  }

  async #purge(): Promise<void> {
    const { everyMs, now, onFailing } = this.#options
    let pauseMs = everyMs
    try {
      const deleted = await this.#engine.purge(now(), CHUNK)
      this.#failures = 0
      if (deleted >= CHUNK) pauseMs = Math.min(STEP_PAUSE_MS, everyMs)
    } catch (error) {
      this.#failures += 1
      if (this.#failures > 1) onFailing(error, this.#failures)
    }
    if (!this.#isStopped) this.#stepIn(pauseMs)
  }
}
