import { withinBudget } from '../../budget.ts'
import { errorName } from '../../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../../errors.ts'
import type { EncryptionOptions } from './encryption-options.ts'
import { type KeySet, toKeySet } from './key-set.ts'

/** A function that has not answered by then has failed, in milliseconds. */
const MAX_FETCH_MS = 10_000
/** A key that is not there is asked for so often, in milliseconds. */
const ASK_AGAIN_MS = 1_000

/** The keys: given once, or fetched again and again. What was fetched last stays in use while the function fails. */
export class KeyHolder {
  readonly #source: EncryptionOptions['keys']
  readonly #maxAgeMs: number
  #keys: KeySet | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<KeySet> | undefined

  /** Throws at once for fixed keys that are missing or malformed. */
  constructor(source: EncryptionOptions['keys'], maxAgeMs: number) {
    this.#source = source
    this.#maxAgeMs = maxAgeMs
    if (typeof source !== 'function') this.#keys = toKeySet(source)
  }

  /** The keys as they are now. Rejects with `encryption-key-missing` or `encryption-key-malformed`. */
  load(): Promise<KeySet> {
    const source = this.#source
    if (typeof source !== 'function') return Promise.resolve(toKeySet(source))
    this.#fetching ??= this.#fetch(source).finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetch(source: Extract<EncryptionOptions['keys'], () => unknown>): Promise<KeySet> {
    this.#askedAt = performance.now()
    try {
      return toKeySet(await withinBudget(MAX_FETCH_MS, async () => source()))
    } catch (error) {
      if (isKycWebhookError(error)) throw error
      const detail = `the function given as \`encryption.keys\` failed: ${errorName(error)}`
      throw new KycWebhookError('encryption-key-missing', detail)
    }
  }

  /** True: they are old, or one of them is missing, and nobody has asked for them just now. */
  isDue(isMissing: boolean): boolean {
    if (typeof this.#source !== 'function' || this.#fetching !== undefined) return false
    return performance.now() - this.#askedAt >= (isMissing ? ASK_AGAIN_MS : this.#maxAgeMs)
  }

  get inHand(): KeySet {
    if (this.#keys === undefined)
      throw new KycWebhookError('encryption-key-missing', 'no keys were fetched yet')
    return this.#keys
  }

  set inHand(keys: KeySet) {
    this.#keys = keys
  }
}
