import type { InboxEngine } from './port.ts'

/**
 * The right to run the events of one receiver, as far as we know: in doubt while the engine has not answered, and when its
 * answer was a failure. A claim whose answer was lost may have started events that nobody here runs; whoever acquires
 * the right anew takes them up.
 */
export class RunRight {
  readonly #engine: Pick<InboxEngine, 'acquire' | 'release'>
  readonly #receiver: string
  readonly #now: () => number
  #state: 'missing' | 'in doubt' | 'held' = 'missing'

  constructor(engine: Pick<InboxEngine, 'acquire' | 'release'>, receiver: string, now: () => number) {
    this.#engine = engine
    this.#receiver = receiver
    this.#now = now
  }

  get isInDoubt(): boolean {
    return this.#state === 'in doubt'
  }

  /**
   * Resolves to whether we have it: false when another process does. In doubt it is given back first, so nothing may be in
   * hand then: acquiring it counts all that is started as crashed.
   */
  async take(): Promise<boolean> {
    if (this.isInDoubt) await this.giveBack()
    if (this.#state === 'held') return true
    this.#state = 'in doubt'
    const isHeld = await this.#engine.acquire(this.#receiver, this.#now())
    this.#state = isHeld ? 'held' : 'missing'
    return isHeld
  }

  /** Makes a call that needs the right. When it fails, the right is in doubt. */
  async use<T>(call: () => Promise<T>): Promise<T> {
    this.#state = 'in doubt'
    const result = await call()
    this.#state = 'held'
    return result
  }

  async giveBack(): Promise<void> {
    if (this.#state === 'missing') return
    await this.#engine.release(this.#receiver)
    this.#state = 'missing'
  }
}
