import { publishKeyUse } from './diagnostics.ts'
import { isInForce, type Key } from './key.ts'
import type { Logger } from './logger.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long before its end the log speaks of a key. */
const NOTICES_MS = [14 * DAY_MS, 7 * DAY_MS, 3 * DAY_MS, DAY_MS, 6 * HOUR_MS, HOUR_MS]
/** How often deliveries have it looked at whether something is to be said. */
const LOOK_EVERY_MS = 60_000

export interface KeyWatchOptions {
  receiver: string
  provider: string
  now: () => number
  logger: Logger
}

/** Keeps an eye on the lives of a receiver's keys: says which is used, and says in time that one ends. */
export class KeyWatch {
  readonly #options: KeyWatchOptions
  readonly #usedAt = new Map<string, number>()
  /** How many of the notices a key has had. */
  readonly #notices = new Map<string, number>()
  #keys: readonly Key[] = []
  #lookedAt = Number.NEGATIVE_INFINITY
  #noneSaid = false

  constructor(options: KeyWatchOptions) {
    this.#options = options
  }

  /** These are the keys now. Cheap: for each delivery. */
  look(keys: readonly Key[]): void {
    const now = this.#options.now()
    if (keys === this.#keys && Math.abs(now - this.#lookedAt) < LOOK_EVERY_MS) return
    this.#keys = keys
    this.#lookedAt = now
    for (const key of keys) this.#sayWhenItEnds(key, now)
    const isNone = !keys.some((key) => isInForce(key, now))
    if (isNone && !this.#noneSaid) {
      const { receiver, logger } = this.#options
      logger.error(
        { receiver, code: 'secret-not-in-force' },
        'no webhook secret is in force: deliveries are answered 503',
      )
    }
    this.#noneSaid = isNone
  }

  /** A delivery was signed with this key. */
  used(key: Key): void {
    const { receiver, provider, now } = this.#options
    const at = now()
    this.#usedAt.set(key.id, at)
    publishKeyUse(() => ({ receiver, provider, key: key.id, state: stateOf(key, this.#keys, at) }))
  }

  #sayWhenItEnds(key: Key, now: number): void {
    const leftMs = key.notAfter - now
    const due = leftMs <= 0 ? 0 : NOTICES_MS.filter((notice) => leftMs <= notice).length
    const had = this.#notices.get(key.id) ?? 0
    if (due <= had || !this.#isMissed(key, now)) {
      // It may have been given a longer life.
      if (due < had) this.#notices.set(key.id, due)
      return
    }
    this.#notices.set(key.id, due)
    const { receiver, logger } = this.#options
    const fields = { receiver, key: key.id, notAfter: timeOf(key.notAfter), lastUsedAt: this.#lastUse(key) }
    logger.warn(fields, 'a webhook secret that is needed ends: give its successor, or a later notAfter')
  }

  /** Will its end be felt? Not when another one goes on and nobody signs with this one any more. */
  #isMissed(key: Key, now: number): boolean {
    const hasSuccessor = this.#keys.some(
      (other) => other.notBefore <= key.notAfter && other.notAfter > key.notAfter,
    )
    return !hasSuccessor || now - (this.#usedAt.get(key.id) ?? Number.NEGATIVE_INFINITY) < DAY_MS
  }

  #lastUse({ id }: Key): string | undefined {
    const usedAt = this.#usedAt.get(id)
    return usedAt === undefined ? undefined : timeOf(usedAt)
  }
}

/** `newest`: of those in force, the one that came into force last; when that tells nothing, the first in the list. */
function stateOf(key: Key, keys: readonly Key[], now: number): 'newest' | 'old' | 'not-in-force' {
  if (!isInForce(key, now)) return 'not-in-force'
  const inForce = keys.filter((each) => isInForce(each, now))
  const newest = inForce.reduce(
    (best, each) => (each.notBefore > best.notBefore ? each : best),
    inForce[0] ?? key,
  )
  return newest.id === key.id ? 'newest' : 'old'
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
