import { withinBudget } from './budget.ts'
import { errorName } from './error-text.ts'
import { isKycWebhookError, KycWebhookError } from './errors.ts'
import { isSameKey, type Key, toKeys } from './key.ts'
import { KeyWatch, type KeyWatchOptions } from './key-watch.ts'
import type { SecretSource } from './receiver-options.ts'

/** The keys of a receiver, in force or not. */
export interface KeyRing {
  /** Loads the keys of an asynchronous source; resolved at once otherwise. Rejects when the secrets cannot be had or used. */
  load(): Promise<void>
  /** The keys; a promise only while they are being fetched. Rejects when there are none. */
  keys(): readonly Key[] | Promise<readonly Key[]>
  /**
   * For a signature that none of the keys tried matches: what the source has, asked after now, so that a secret is known from
   * the moment that the source has it. `undefined`: nothing else. Rejects when the source cannot tell.
   */
  newer(tried: readonly Key[]): Promise<readonly Key[] | undefined>
  /** To be told which key a delivery was signed with. */
  used(key: Key): void
  close(): void
}

interface KeyRingOptions extends KeyWatchOptions {
  maxAgeMs: number
}

/** A flood of forgeries has the source asked four times a second; each waits no longer than this, well inside any budget. */
const MIN_FETCH_INTERVAL_MS = 250
/** A source that has not answered by then is given up on, so that it can be asked again. */
const MAX_FETCH_MS = 10_000
/** While there are keys, a source that is slow is waited for so long: well inside any budget. */
const MAX_WAIT_MS = 200
/** How often the lives of keys are looked at while no deliveries come. */
const LOOK_EVERY_MS = 3_600_000

/** Throws at once for a fixed secret that is missing or of the wrong form. */
export function createKeyRing(
  source: SecretSource | undefined,
  derive: (secret: string) => Uint8Array,
  options: KeyRingOptions,
): KeyRing {
  const watch = new KeyWatch(options)
  const ring =
    typeof source === 'function'
      ? fetchedKeyRing(source, derive, options, watch)
      : fixedKeyRing(toKeys(source, derive), watch)
  // A key's end is to be told in time, also where no deliveries come.
  const timer = setInterval(() => void ring.load().catch(() => {}), LOOK_EVERY_MS).unref()
  return { ...ring, used: (key) => watch.used(key), close: () => clearInterval(timer) }
}

type Source = Omit<KeyRing, 'used' | 'close'>

function fixedKeyRing(all: readonly Key[], watch: KeyWatch): Source {
  const keys = () => {
    watch.look(all)
    return all
  }
  return { load: async () => void keys(), keys, newer: async () => undefined }
}

function fetchedKeyRing(
  source: Extract<SecretSource, () => unknown>,
  derive: (secret: string) => Uint8Array,
  { receiver, maxAgeMs, now, logger }: KeyRingOptions,
  watch: KeyWatch,
): Source {
  let keys: readonly Key[] | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let fetchedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<readonly Key[]> | undefined
  let asking: Promise<readonly Key[]> | undefined

  const fetch = (): Promise<readonly Key[]> => {
    fetching ??= ask().finally(() => {
      fetching = undefined
    })
    return fetching
  }
  const ask = async (): Promise<readonly Key[]> => {
    askedAt = now()
    try {
      const secrets = await withinBudget(MAX_FETCH_MS, async () => source())
      keys = sameKeys(keys, toKeys(secrets, derive))
      fetchedAt = now()
      watch.look(keys)
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
  const askAnew = (): Promise<readonly Key[]> => {
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
      const known = keys
      watch.look(known)
      if (!due(maxAgeMs) && fetching === undefined) return known
      const fetched = due(maxAgeMs) ? fetch() : fetching
      if (fetched === undefined) return known
      fetched.catch(() => {})
      // Not in the way of a delivery, unless nobody has asked for long: a secret may have been withdrawn meanwhile.
      if (Math.abs(now() - fetchedAt) < 2 * maxAgeMs) return known
      return withinBudget(MAX_WAIT_MS, () => fetched).catch(() => known)
    },
    async newer(tried) {
      const known = keys === tried ? await askAnew() : keys
      return known === tried ? undefined : known
    },
  }
}

/** The keys that are known, when the source has the same ones still: nothing newer. */
function sameKeys(known: readonly Key[] | undefined, fetched: readonly Key[]): readonly Key[] {
  const isSame =
    known?.length === fetched.length && known.every((key, index) => isSameKey(key, fetched[index]))
  return isSame ? known : fetched
}

const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))

const reason = (error: unknown): string => (isKycWebhookError(error) ? error.code : errorName(error))
