import type { DeliveryAttempt, DeliveryReport } from './report.ts'

/** What a simulator has done so far. */
export interface Account {
  /** Calls of `deliver` that sent something. Those in none of the four counts below are under way. */
  readonly sent: number
  readonly accepted: number
  readonly refused: number
  readonly gaveUp: number
  /** Cut short by their `signal`, or by an error of an option that was given. */
  readonly aborted: number
  /** HTTP requests, by `deliver` and by `send`. */
  readonly attempts: number
  /** Time to each reply, in milliseconds, in order of arrival. Attempts without a reply have none. */
  readonly latenciesMs: readonly number[]
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
  let sent = 0
  let attempts = 0
  const ends = { accepted: 0, refused: 0, 'gave-up': 0, aborted: 0 }
  const latenciesMs: number[] = []
  return {
    begin() {
      sent += 1
    },
    attempt({ status, durationMs }) {
      attempts += 1
      if (status !== undefined) latenciesMs.push(durationMs)
    },
    end(outcome) {
      ends[outcome] += 1
    },
    account() {
      const { accepted, refused, 'gave-up': gaveUp, aborted } = ends
      return { sent, accepted, refused, gaveUp, aborted, attempts, latenciesMs: [...latenciesMs] }
    },
  }
}
