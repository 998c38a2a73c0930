import { createSecretKey, type KeyObject } from 'node:crypto'
import { withinBudget } from './budget.ts'
import { errorName } from './error-text.ts'
import { isKycWebhookError, KycWebhookError } from './errors.ts'
import type { Logger } from './logger.ts'
import type { SecretSource } from './receiver-options.ts'

/** The keys in force. */
export interface KeyRing {
  /** Loads the keys of an asynchronous source; resolved at once otherwise. Rejects when the secrets cannot be had or used. */
  load(): Promise<void>
  /** The keys in force; a promise only while they are being fetched. Rejects when there are none. */
  keys(): readonly KeyObject[] | Promise<readonly KeyObject[]>
  /**
   * For a signature that none of the keys tried matches: what the source has, asked after now, so that a secret is known from
   * the moment that the source has it. `undefined`: nothing else. Rejects when the source cannot tell.
   */
  newer(tried: readonly KeyObject[]): Promise<readonly KeyObject[] | undefined>
}

interface KeyRingOptions {
  /** Name of the receiver, for log lines. */
  receiver: string
  maxAgeMs: number
  now: () => number
  logger: Logger
}

/** A flood of forgeries has the source asked four times a second; each waits no longer than this, well inside any budget. */
const MIN_FETCH_INTERVAL_MS = 250
/** A source that has not answered by then is given up on, so that it can be asked again. */
const MAX_FETCH_MS = 10_000

/** Throws at once for a fixed secret that is missing or of the wrong form. */
export function createKeyRing(
  source: SecretSource | undefined,
  derive: (secret: string) => Uint8Array,
  options: KeyRingOptions,
): KeyRing {
  if (typeof source !== 'function') {
    const keys = toKeys(source, derive)
    return { load: async () => {}, keys: () => keys, newer: async () => undefined }
  }
  return fetchedKeyRing(source, derive, options)
}

function fetchedKeyRing(
  source: Extract<SecretSource, () => unknown>,
  derive: (secret: string) => Uint8Array,
  { receiver, maxAgeMs, now, logger }: KeyRingOptions,
): KeyRing {
  let keys: readonly KeyObject[] | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<readonly KeyObject[]> | undefined
  let asking: Promise<readonly KeyObject[]> | undefined

  const fetch = (): Promise<readonly KeyObject[]> => {
    fetching ??= ask().finally(() => {
      fetching = undefined
    })
    return fetching
  }
  const ask = async (): Promise<readonly KeyObject[]> => {
    askedAt = now()
    try {
      const secrets = await withinBudget(MAX_FETCH_MS, async () => source())
      keys = sameKeys(keys, toKeys(secrets, derive))
      return keys
    } catch (error) {
      // Whoever stores the secrets may be down for a moment: what was last known still verifies.
      logger.error(
        { receiver, code: 'secret-unavailable', error: reason(error), keptLast: keys !== undefined },
        'webhook secrets could not be fetched',
      )
      throw isKycWebhookError(error)
        ? error
        : new KycWebhookError('secret-unavailable', 'the function given as `secret` failed')
    }
  }
  /** One question for all who ask at once, and none that was put before they asked. */
  const askAnew = (): Promise<readonly KeyObject[]> => {
    asking ??= (async () => {
      await fetching?.catch(() => {})
      await pause(Math.min(MIN_FETCH_INTERVAL_MS, askedAt + MIN_FETCH_INTERVAL_MS - now()))
      asking = undefined
      return fetch()
    })()
    return asking
  }
  const due = (interval: number) => Math.abs(now() - askedAt) >= interval

  return {
    load: async () => void (await fetch()),
    keys() {
      if (keys === undefined)
        return due(1_000) || fetching ? fetch() : Promise.reject(new KycWebhookError('secret-unavailable'))
      // Never in the way of a delivery: the known keys go on while newer ones are fetched.
      if (due(maxAgeMs)) fetch().catch(() => {})
      return keys
    },
    async newer(tried) {
      const known = keys === tried ? await askAnew() : keys
      return known === tried ? undefined : known
    },
  }
}

/** The keys that are known, when the source has the same ones still: nothing newer. */
function sameKeys(
  known: readonly KeyObject[] | undefined,
  fetched: readonly KeyObject[],
): readonly KeyObject[] {
  const isSame =
    known?.length === fetched.length && known.every((key, index) => key.equals(fetched[index] as KeyObject))
  return isSame ? known : fetched
}

const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))

function toKeys(given: unknown, derive: (secret: string) => Uint8Array): readonly KeyObject[] {
  const secrets = Array.isArray(given) ? given : [given]
  if (secrets.length === 0) throw new KycWebhookError('secret-missing', 'the list of secrets is empty')
  return secrets.map((secret) => createSecretKey(derive(checked(secret))))
}

function checked(secret: unknown): string {
  if (typeof secret !== 'string' || secret === '') {
    throw new KycWebhookError(
      'secret-missing',
      'set `secret` to what the provider shows; is the environment variable set in this process?',
    )
  }
  if (secret !== secret.trim()) {
    throw new KycWebhookError(
      'secret-malformed',
      'it begins or ends with white space; was it read from a file with a trailing newline?',
    )
  }
  return secret
}

const reason = (error: unknown): string => (isKycWebhookError(error) ? error.code : errorName(error))
