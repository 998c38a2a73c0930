import type { PlayReport } from '@kyc-webhooks/simulator'
import { fields } from './table.ts'

/** What a load came to: for programs. */
export interface LoadResult {
  sent: number
  accepted: number
  /** Sent, and not accepted. */
  errors: number
  /** Deliveries in each second. */
  achievedRate: number
  seconds: number
  replies: PlayReport['account']['replies']
  failures: PlayReport['account']['failures']
  /** Milliseconds from when a delivery was due to the end of its reply, or of the wait for it. `null`: nobody replied or was waited for. */
  p50Ms: number | null
  p90Ms: number | null
  p99Ms: number | null
  maxMs: number | null
}

export function loadResult({ account, fromDue, elapsedMs }: PlayReport, seconds: number): LoadResult {
  const { sent, accepted, aborted, replies, failures } = account
  const time = (ms: number) => (fromDue.count === 0 ? null : rounded(ms))
  return {
    sent,
    accepted,
    // What was in hand at a Ctrl-C is neither.
    errors: sent - accepted - aborted,
    // Until the last reply: with all connections taken, the sending falls behind.
    achievedRate: rounded(sent / Math.max(seconds, elapsedMs / 1_000)),
    seconds: rounded(elapsedMs / 1_000),
    replies,
    failures,
    p50Ms: time(fromDue.p50Ms),
    p90Ms: time(fromDue.p90Ms),
    p99Ms: time(fromDue.p99Ms),
    maxMs: time(fromDue.maxMs),
  }
}

export function loadTable(result: LoadResult, rate: number): string[] {
  const { sent, accepted, errors, achievedRate, replies, failures, p50Ms, p90Ms, p99Ms, maxMs } = result
  const counts = (each: Readonly<Record<string, number>>) =>
    Object.entries(each)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ') || 'none'
  return fields({
    sent,
    accepted,
    errors,
    replies: counts(replies),
    'no reply': counts(failures),
    rate: `${achievedRate} of ${rate} a second`,
    p50: inMs(p50Ms),
    p90: inMs(p90Ms),
    p99: inMs(p99Ms),
    max: inMs(maxMs),
  })
}

const inMs = (ms: number | null): string => (ms === null ? 'none' : `${ms} ms`)

/** Width of the longest bar. */
const BAR = 40

/** How many took how long, as bars. */
export function histogram({ account, fromDue, elapsedMs }: PlayReport): string[] {
  const most = Math.max(1, ...fromDue.buckets.map(({ count }) => count))
  const bars = fromDue.buckets.map(({ toMs, count }) => {
    const limit = toMs === null ? 'more' : `≤ ${toMs} ms`
    return `${limit.padStart(12)}  ${'█'.repeat(Math.ceil((BAR * count) / most)).padEnd(BAR)}  ${count}`
  })
  const { p50Ms, p99Ms, maxMs } = fromDue
  const times =
    fromDue.count === 0
      ? 'no reply yet'
      : `p50 ${rounded(p50Ms)} ms, p99 ${rounded(p99Ms)} ms, max ${rounded(maxMs)} ms`
  return [
    `${rounded(elapsedMs / 1_000)} s: ${account.sent} sent, ${account.accepted} accepted, ${times}`,
    ...bars,
  ]
}

export const rounded = (number: number): number => Math.round(number * 100) / 100
