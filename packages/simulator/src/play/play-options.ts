import { setTimeout as delay } from 'node:timers/promises'
import type { DraftSource } from '../draft-source.ts'
import { MISHAPS } from '../mishaps.ts'
import type { DeliveryAttempt, DeliveryReport } from '../report.ts'
import type { Simulator } from '../simulator.ts'
import type { Script, Share } from './cues.ts'
import type { PlayReport } from './play-report.ts'
import { DISTURBANCES, type Trouble } from './trouble.ts'

/** How much is delivered, how fast, of what, and what is amiss with it. */
export interface PlayOptions {
  /** How many drafts to deliver; duplicates and retries come on top. @default 100, or no limit if `durationMs` is given */
  count?: number
  /** Begin no delivery after so many milliseconds. @default no limit */
  durationMs?: number
  /**
   * Deliveries to begin each second, however long the replies take (open loop). Without a rate, each begins as soon as
   * `concurrency` allows (closed loop). @default none
   */
  rate?: number
  /** Deliveries that begin at the same moment; the rate stays. For so many at once and no more, set `concurrency`. @default 1 */
  burst?: number
  /** First attempts under way at the same time, at most; retries and duplicates come on top. @default 1000 with a rate, else 16 */
  concurrency?: number
  /** Which event types, and how often each in relation to the others: `{ identify: 3, sign: 1 }`. @default all alike */
  eventTypes?: Readonly<Record<string, number>>
  /**
   * The share of the deliveries that each trouble befalls, from 0 to 1; no delivery has two troubles.
   * `{ 'bad-signature': 0.01, 'slow-body': 0.01, 'duplicate-later': 0.05 }` @default none
   */
  troubles?: Readonly<Partial<Record<Trouble, number>>>
  /** How many others overtake what is `out-of-order`, at most. @default 10 */
  overtakenBy?: number
  /** Picks event types and troubles. With drafts from the same seed: the same bytes in the same order. @default 1 */
  seed?: number
  /** Breaks off: the promise rejects with the signal's reason, after a last call of `onProgress`. */
  signal?: AbortSignal | undefined
  /** Hears of the report as it stands, again and again, and once more at the end. */
  onProgress?: (report: PlayReport) => void
  /** Milliseconds between two calls of `onProgress`. @default 1000 */
  progressIntervalMs?: number
  /**
   * Hears of each attempt when it is over.
   * @param fromDueMs of the first attempt at a draft: milliseconds from when it was due
   */
  onAttempt?: (attempt: DeliveryAttempt, fromDueMs: number | undefined) => void
  /** Hears of each delivery when it has come to an end. */
  onReport?: (report: DeliveryReport, about: { eventType: string; trouble: Trouble | undefined }) => void
  /** Current time in milliseconds, from any start. @default performance.now */
  now?: () => number
  /** Waits until the next delivery is due. Should reject when the signal aborts. @default a timer */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** The options, checked and complete. */
export interface PlaySettings extends Script {
  readonly durationMs: number
  readonly rate: number | undefined
  readonly burst: number
  readonly concurrency: number
  readonly progressIntervalMs: number
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** Fills in defaults. Throws a `TypeError` or a `RangeError` for an option that cannot be meant. */
export function playSettings(
  simulator: Pick<Simulator, 'provider' | 'flaws'>,
  drafts: Pick<DraftSource, 'eventTypes'>,
  options: PlayOptions,
): PlaySettings {
  const { durationMs = Number.POSITIVE_INFINITY, rate, burst = 1, overtakenBy = 10, seed = 1 } = options
  const { count = options.durationMs === undefined ? 100 : Number.POSITIVE_INFINITY } = options
  const { concurrency = rate === undefined ? 16 : 1000, progressIntervalMs = 1000 } = options
  const { now = () => performance.now(), sleep = (ms, signal) => delay(ms, undefined, { signal }) } = options
  for (const [name, value] of Object.entries({ burst, concurrency, overtakenBy }))
    requireAtLeast(name, value, 1)
  for (const [name, value] of Object.entries({ count, durationMs })) requireAtLeast(name, value, 0)
  requireAtLeast('progressIntervalMs', progressIntervalMs, 1)
  if (rate !== undefined && !(rate > 0)) throw new RangeError(`rate: ${rate} is not above 0`)
  if (rate === undefined && burst > 1)
    throw new TypeError('burst: needs a rate; for so many at once, set concurrency')
  const eventTypes = shares('eventTypes', drafts.eventTypes, options.eventTypes ?? alike(drafts.eventTypes))
  if (!eventTypes.some(([, weight]) => weight > 0)) throw new RangeError('eventTypes: none is above 0')
  const known: readonly Trouble[] = [...simulator.flaws, ...MISHAPS, ...DISTURBANCES]
  const troubles = shares('troubles', known, options.troubles ?? {})
  const sum = troubles.reduce((total, [, share]) => total + share, 0)
  // Shares that add up to 1 may do so with a rounding error.
  if (sum > 1 + 1e-9) throw new RangeError(`troubles: the shares add up to ${sum}, more than 1`)
  const pace = { durationMs, rate, burst, concurrency }
  return { ...pace, seed, count, eventTypes, troubles, overtakenBy, progressIntervalMs, now, sleep }
}

function alike(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 1]))
}

/** In the order of the known names, so that the order in which they are given changes nothing. */
function shares<Name extends string>(
  option: string,
  known: readonly Name[],
  given: Readonly<Partial<Record<Name, number>>>,
): Share<Name>[] {
  for (const name of Object.keys(given)) {
    if (known.some((each) => each === name)) continue
    throw new RangeError(`${option}: there is no ${name}; there are ${known.join(', ')}`)
  }
  return known.map((name) => {
    const share = given[name] ?? 0
    requireAtLeast(`${option}: ${name}`, share, 0)
    return [name, share]
  })
}

function requireAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new RangeError(`${name}: ${value} is not at least ${least}`)
}
