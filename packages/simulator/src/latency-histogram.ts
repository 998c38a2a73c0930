import { createHistogram } from 'node:perf_hooks'

/** Times in milliseconds, summed up: plain data, which can be written as JSON. With a count of 0, all times are 0. */
export interface Latencies {
  readonly count: number
  readonly minMs: number
  readonly meanMs: number
  /** Half of all were no slower. Percentiles are exact to a tenth of a per cent. */
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  /** How many took how long: from the fastest that occurred to the slowest, empty buckets between them included. */
  readonly buckets: readonly LatencyBucket[]
}

export interface LatencyBucket {
  /** Above `toMs` of the bucket before, up to and including this. 1, 2, 5, 10, ...; `null`: no limit. */
  readonly toMs: number | null
  readonly count: number
}

/** Upper limits of the buckets, in milliseconds: 0.1, 0.2, 0.5, ... 5 000 000 (83 minutes). */
const LIMITS = Array.from({ length: 8 }, (_, power) =>
  [1, 2, 5].map((step) => (step * 10 ** power) / 10),
).flat()
/** Node's histogram counts whole numbers: microseconds here, up to an hour and 23 minutes. */
const HIGHEST_US = 5_000_000_000

/** Counts times in bounded memory, however many. Node's own HDR histogram keeps the percentiles. */
export class LatencyHistogram {
  readonly #native = createHistogram({ lowest: 1, highest: HIGHEST_US, figures: 3 })
  readonly #counts = Array<number>(LIMITS.length + 1).fill(0)
  #count = 0
  #sumMs = 0
  #minMs = Number.POSITIVE_INFINITY
  #maxMs = 0

  /** @param ms at least 0. */
  record(ms: number): void {
    this.#native.record(Math.min(Math.max(Math.round(ms * 1000), 1), HIGHEST_US))
    const bucket = LIMITS.findIndex((limit) => ms <= limit)
    this.#tally(bucket < 0 ? LIMITS.length : bucket, 1)
    this.#count += 1
    this.#sumMs += ms
    this.#minMs = Math.min(this.#minMs, ms)
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  /** Takes in all that another has counted. */
  add(other: LatencyHistogram): void {
    this.#native.add(other.#native)
    for (const [bucket, count] of other.#counts.entries()) this.#tally(bucket, count)
    this.#count += other.#count
    this.#sumMs += other.#sumMs
    this.#minMs = Math.min(this.#minMs, other.#minMs)
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs)
  }

  /**
   * The time that `percent` of all did not exceed.
   * @param percent above 0, up to 100.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return 0
    const ms = this.#native.percentile(percent) / 1000
    return Math.min(Math.max(ms, this.#minMs), this.#maxMs)
  }

  /** What was counted so far: a copy. */
  latencies(): Latencies {
    const occurred = this.#counts.flatMap((count, bucket) => (count > 0 ? [bucket] : []))
    const [first = 0, last = -1] = [occurred[0], occurred.at(-1)]
    return {
      count: this.#count,
      minMs: this.#count === 0 ? 0 : this.#minMs,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: this.percentile(50),
      p90Ms: this.percentile(90),
      p99Ms: this.percentile(99),
      p999Ms: this.percentile(99.9),
      maxMs: this.#maxMs,
      buckets: this.#counts
        .slice(first, last + 1)
        .map((count, index) => ({ toMs: LIMITS[first + index] ?? null, count })),
    }
  }

  #tally(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count
  }
}
