import { publishSkew } from './diagnostics.ts'
import type { Logger } from './logger.ts'

/** So many times of sending are looked at, and not before so many. */
const MOST = 31
const LEAST = 3
/** Beyond it the log warns; within the half of it the warning is over. */
const WARN_MS = 60_000

export interface SkewMeterOptions {
  receiver: string
  provider: string
  logger: Logger
}

/**
 * How far our clock is ahead of the provider's: the median of what authentic deliveries say of their time of sending, the
 * way here included. A second counts once, so that a captured delivery, sent again and again, moves nothing.
 */
export class SkewMeter {
  readonly #options: SkewMeterOptions
  /** By time of sending in Unix seconds; the latest to arrive is the last. */
  readonly #ahead = new Map<number, number>()
  #isOff = false

  constructor(options: SkewMeterOptions) {
    this.#options = options
  }

  /** An authentic delivery says that it was sent at this time. */
  sent(timestampSeconds: number, now: number): void {
    if (this.#ahead.has(timestampSeconds)) return
    this.#ahead.set(timestampSeconds, now - timestampSeconds * 1_000)
    const [oldest] = this.#ahead.keys()
    if (this.#ahead.size > MOST && oldest !== undefined) this.#ahead.delete(oldest)
    if (this.#ahead.size < LEAST) return
    const skewMs = median([...this.#ahead.values()])
    const { receiver, provider } = this.#options
    publishSkew({ receiver, provider, skewMs })
    this.#say(skewMs)
  }

  #say(skewMs: number): void {
    const isOff = Math.abs(skewMs) > (this.#isOff ? WARN_MS / 2 : WARN_MS)
    if (isOff === this.#isOff) return
    this.#isOff = isOff
    const { receiver, provider, logger } = this.#options
    const fields = { provider, receiver, skewMs }
    if (isOff) logger.warn(fields, 'the clock here and that of the provider differ: is NTP running?')
    else logger.info(fields, 'the clock here and that of the provider agree again')
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
