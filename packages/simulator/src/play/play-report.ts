import { type Account, createBookkeeper } from '../account.ts'
import { type Latencies, LatencyHistogram } from '../latency-histogram.ts'
import type { DeliveryAttempt, DeliveryReport } from '../report.ts'
import type { Trouble } from './trouble.ts'

/** What a play has done so far: plain data, of bounded size however long it is. */
export interface PlayReport {
  /** Milliseconds since it began. */
  readonly elapsedMs: number
  /** Drafts whose delivery was begun. `account.sent` counts their duplicates too. */
  readonly drafts: number
  /** What was sent by this play alone, and what became of it. */
  readonly account: Account
  /**
   * Time to the reply to each first attempt, counted from when it was due, not from when it was sent: a receiver that keeps the
   * play waiting does not look faster for it. Nor does one that does not reply in time: then it is how long it was waited for.
   * Without a rate, it is due when its turn comes.
   */
  readonly fromDue: Latencies
  /** Drafts by event type. */
  readonly eventTypes: Readonly<Record<string, number>>
  /** What became of the deliveries that a trouble befell; of duplicates, of the second. */
  readonly troubles: Readonly<Partial<Record<Trouble, TroubleCounts>>>
}

export interface TroubleCounts {
  readonly accepted: number
  readonly refused: number
  readonly gaveUp: number
}

/** Keeps a `PlayReport`. */
export interface PlayKeeper {
  draft(eventType: string): void
  begin(): void
  /** @param fromDueMs of a first attempt: milliseconds from when it was due to its end */
  attempt(attempt: DeliveryAttempt, fromDueMs?: number): void
  end(outcome: DeliveryReport['outcome'] | 'aborted', trouble: Trouble | undefined): void
  /** A copy, which later deliveries do not change. */
  report(elapsedMs: number): PlayReport
}

export function createPlayKeeper(): PlayKeeper {
  const books = createBookkeeper()
  const fromDue = new LatencyHistogram()
  const eventTypes: Record<string, number> = {}
  const troubles: Partial<Record<Trouble, TroubleCounts>> = {}
  let drafts = 0
  return {
    begin: books.begin,
    attempt(attempt, fromDueMs) {
      books.attempt(attempt)
      const wasWaitedFor = attempt.status !== undefined || attempt.error === 'timeout'
      if (wasWaitedFor && fromDueMs !== undefined) fromDue.record(fromDueMs)
    },
    draft(eventType) {
      drafts += 1
      eventTypes[eventType] = (eventTypes[eventType] ?? 0) + 1
    },
    end(outcome, trouble) {
      books.end(outcome)
      if (trouble === undefined || outcome === 'aborted') return
      const counts = troubles[trouble] ?? { accepted: 0, refused: 0, gaveUp: 0 }
      const name = outcome === 'gave-up' ? 'gaveUp' : outcome
      troubles[trouble] = { ...counts, [name]: counts[name] + 1 }
    },
    report: (elapsedMs) => ({
      elapsedMs,
      drafts,
      account: books.account(),
      fromDue: fromDue.latencies(),
      eventTypes: { ...eventTypes },
      troubles: { ...troubles },
    }),
  }
}
