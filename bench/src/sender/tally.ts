import { LatencyHistogram } from '@kyc-webhooks/simulator'
import type { LoadReport } from './order.ts'

const LIMIT_MS = 500

/** Counts the replies of the seconds that count. */
export class Tally {
  readonly #accepted = new LatencyHistogram()
  readonly #refused = new LatencyHistogram()
  readonly #statuses: Record<number, number> = {}
  #late = 0
  #lateRefusals = 0
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
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (isAccepted) this.accepted++
    const histogram = isAccepted ? this.#accepted : this.#refused
    histogram.record(ms)
    if (ms <= LIMIT_MS) return
    if (isAccepted) this.#late++
    else this.#lateRefusals++
  }

  unanswered(count = 1): void {
    this.#unanswered += count
  }

  report(): LoadReport {
    const [latencies, refusals] = [this.#accepted.latencies(), this.#refused.latencies()]
    return {
      accepted: latencies.count,
      refused: refusals.count,
      statuses: this.#statuses,
      unanswered: this.#unanswered,
      late: this.#late,
      lateRefusals: this.#lateRefusals,
      seconds: this.#seconds,
      latencies,
      refusals,
      busy: this.#busy,
    }
  }
}
