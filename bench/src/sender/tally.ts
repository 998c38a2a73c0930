import { LatencyHistogram } from '@kyc-webhooks/simulator'
import type { LoadReport } from './order.ts'

const LIMIT_MS = 500

/** Counts the replies of the seconds that count. */
export class Tally {
  readonly #accepted = new LatencyHistogram()
  readonly #refused = new LatencyHistogram()
  #late = 0
  #unanswered = 0
  #startedAt = 0
  #seconds = 0
  #busyBefore = performance.eventLoopUtilization()
  #busy = 0
  /** Replies with 200 so far. */
  accepted = 0
  /** All replies so far. */
  replies = 0
  isOpen = false

  open(): void {
    this.#startedAt = performance.now()
    this.#busyBefore = performance.eventLoopUtilization()
    this.isOpen = true
  }

  close(): void {
    this.#seconds = (performance.now() - this.#startedAt) / 1_000
    this.#busy = performance.eventLoopUtilization(this.#busyBefore).utilization
    this.isOpen = false
  }

  reply(status: number, ms: number): void {
    const isAccepted = status === 200
    this.replies++
    if (isAccepted) this.accepted++
    const histogram = isAccepted ? this.#accepted : this.#refused
    histogram.record(ms)
    if (isAccepted && ms > LIMIT_MS) this.#late++
  }

  unanswered(count = 1): void {
    this.#unanswered += count
  }

  report(): LoadReport {
    const [latencies, refusals] = [this.#accepted.latencies(), this.#refused.latencies()]
    return {
      accepted: latencies.count,
      refused: refusals.count,
      unanswered: this.#unanswered,
      late: this.#late,
      seconds: this.#seconds,
      latencies,
      refusals,
      busy: this.#busy,
    }
  }
}
