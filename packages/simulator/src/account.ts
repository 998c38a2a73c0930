import { type Latencies, LatencyHistogram } from './latency-histogram.ts'
import type { DeliveryAttempt, DeliveryReport } from './report.ts'

/** What was sent, and what became of it: plain data, of bounded size however much was sent. */
export interface Account {
  /** Deliveries that were begun. Those in none of the four counts below are under way. */
  readonly sent: number
  readonly accepted: number
  readonly refused: number
  readonly gaveUp: number
  /** Cut short by their `signal`, or by an error of an option that was given. */
  readonly aborted: number
  /** HTTP requests, by `deliver` and by `send`. */
  readonly attempts: number
  /** Attempts by the status of their reply. */
  readonly replies: Readonly<Record<number, number>>
  /** Attempts without a reply, by `DeliveryAttempt.error`. */
  readonly failures: Readonly<Record<string, number>>
  /** Sizes of all bodies sent, in sum; those of attempts that broke off count whole. */
  readonly bodyBytes: number
  /** Sizes of the bodies of all replies, in sum. */
  readonly replyBytes: number
  /** Time to each reply, from the start of connecting to its end. Attempts without a reply have none. */
  readonly latencies: Latencies
}

/** Keeps an `Account`. */
export interface Bookkeeper {
  begin(): void
  attempt(attempt: DeliveryAttempt): void
  end(outcome: DeliveryReport['outcome'] | 'aborted'): void
  /** A copy, which later deliveries do not change. */
  account(): Account
}

export function createBookkeeper(): Bookkeeper {
  const counts = { sent: 0, attempts: 0, bodyBytes: 0, replyBytes: 0 }
  const ends = { accepted: 0, refused: 0, 'gave-up': 0, aborted: 0 }
  const replies: Record<number, number> = {}
  const failures: Record<string, number> = {}
  const histogram = new LatencyHistogram()
  return {
    begin() {
      counts.sent += 1
    },
    attempt({ status, error, durationMs, bodyBytes, replyBytes = 0 }) {
      counts.attempts += 1
      counts.bodyBytes += bodyBytes
      counts.replyBytes += replyBytes
      if (status === undefined) {
        failures[error] = (failures[error] ?? 0) + 1
      } else {
        replies[status] = (replies[status] ?? 0) + 1
        histogram.record(durationMs)
      }
    },
    end(outcome) {
      ends[outcome] += 1
    },
    account() {
      const { 'gave-up': gaveUp, ...others } = ends
      const latencies = histogram.latencies()
      return { ...counts, ...others, gaveUp, replies: { ...replies }, failures: { ...failures }, latencies }
    },
  }
}
