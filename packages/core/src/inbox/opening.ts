import { KycWebhookError } from '../errors.ts'
import { openFailure } from './open-failure.ts'

/** After a failed opening: deliveries meanwhile are turned away without trying each. */
const REOPEN_AFTER_MS = 1_000

/** Opens a store when it is first needed, once, and again when that failed. */
export class Opening {
  readonly #openStore: () => Promise<void>
  #isOpen = false
  #opening: Promise<void> | undefined
  #failure: { error: KycWebhookError; at: number } | undefined

  constructor(openStore: () => Promise<void>) {
    this.#openStore = openStore
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Opens the store if it is not. Rejects with a `KycWebhookError`. */
  open(): Promise<void> {
    this.#opening ??= this.#openStore().then(
      () => {
        this.#isOpen = true
      },
      (cause: unknown) => {
        const error = openFailure(cause)
        this.#failure = { error, at: performance.now() }
        this.#opening = undefined
        throw error
      },
    )
    return this.#opening
  }

  /** The same for deliveries: one that could not be opened is tried again, but not for each. Rejects with `inbox-unavailable`. */
  async opened(): Promise<void> {
    if (this.#isOpen) return
    try {
      const { error, at } = this.#failure ?? { error: undefined, at: Number.NEGATIVE_INFINITY }
      if (this.#opening === undefined && performance.now() - at < REOPEN_AFTER_MS) throw error
      await this.open()
    } catch (error) {
      const { code, message } = openFailure(error)
      throw code === 'inbox-unavailable'
        ? error
        : new KycWebhookError('inbox-unavailable', message, { cause: error })
    }
  }

  /** Resolves when no opening is under way, whatever came of it. */
  async over(): Promise<void> {
    await this.#opening?.catch(() => {})
  }
}
