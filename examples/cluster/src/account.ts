import type { Effect, HandlerRun } from './ledger.ts'
import type { Sent, SentAttempt } from './load.ts'
import type { Kill } from './member.ts'
import { quantile } from './quantile.ts'
import { takeOvers } from './take-overs.ts'

/** What was seen from outside: by the providers, by the handlers, and by who killed. */
export interface Evidence {
  sent: readonly Sent[]
  runs: readonly HandlerRun[]
  effects: readonly Effect[]
  kills: readonly Kill[]
  deadLetters: number
}

/** What it all came to. */
export interface Account {
  deliveries: number
  /** Deliveries that were sent twice at once. */
  sentTwice: number
  attempts: number
  /** Attempts that were not accepted: `timeout`, `502` of the proxy, `503 budget-exceeded` of a receiver, and the like. */
  failedAttempts: Record<string, number>
  /** Deliveries that were answered 2xx. */
  acknowledged: number
  /** Deliveries that the provider does not send again, though they were not accepted. */
  refused: number
  /** Deliveries that ran out of retries. */
  gaveUp: number
  slowestReplyMs: number
  /** Events of the acknowledged deliveries. */
  events: number
  /** ... those that were handled. */
  handled: number
  /** ... those that were not. */
  lost: number
  /** Events that have more than one effect. */
  effectsDoubled: number
  /** Events that were handled, and whose delivery was never acknowledged: it was recorded, and the reply did not get through. */
  handledUnacknowledged: number
  /** Runs of handlers beyond the first for each event. */
  handlerRunsRepeated: number
  deadLetters: number
  kills: { receivers: number; workers: number }
  /** `null` when no kill met an event in hand. See `takeOvers`. */
  takeOver: { workers: number; medianMs: number; longestMs: number } | null
  /** From receiving a delivery to the end of an event's handler. `null` when none was handled. */
  lagMs: { p50: number; p99: number; max: number } | null
}

export function accountOf({ sent, runs, effects, kills, deadLetters }: Evidence): Account {
  const attempts = sent.flatMap((each) => each.attempts)
  const withOutcome = (outcome: Sent['outcome']) => sent.filter((each) => each.outcome === outcome)
  const accepted = withOutcome('accepted')
  const acknowledged = new Set(accepted.flatMap(({ ids }) => ids))
  // Half a transaction is no handled event, and is an effect.
  const handled = new Set(
    effects.filter(({ handledAt }) => handledAt !== undefined).map(({ eventId }) => eventId),
  )
  const lost = [...acknowledged].filter((id) => !handled.has(id)).length
  return {
    deliveries: sent.length,
    sentTwice: sent.filter(({ wasSentTwice }) => wasSentTwice).length,
    attempts: attempts.length,
    failedAttempts: countBy(
      attempts.filter(({ verdict }) => verdict !== 'accepted'),
      failureOf,
    ),
    acknowledged: accepted.length,
    refused: withOutcome('refused').length,
    gaveUp: withOutcome('gave-up').length,
    slowestReplyMs: most(attempts.map(({ status, durationMs }) => (status === undefined ? 0 : durationMs))),
    events: acknowledged.size,
    handled: acknowledged.size - lost,
    lost,
    effectsDoubled: Object.values(countBy(effects, ({ eventId }) => eventId)).filter((rows) => rows > 1)
      .length,
    handledUnacknowledged: [...handled].filter((id) => !acknowledged.has(id)).length,
    handlerRunsRepeated: runs.length - new Set(runs.map(({ eventId }) => eventId)).size,
    deadLetters,
    kills: {
      receivers: kills.filter(({ kind }) => kind === 'receiver').length,
      workers: kills.filter(({ kind }) => kind === 'worker').length,
    },
    takeOver: takeOverOf(takeOvers(kills, runs, effects)),
    lagMs: lagOf(effects),
  }
}

/** Nothing that was acknowledged is lost or refused, no effect is doubled, and something was acknowledged at all. */
export function isGood({ events, lost, effectsDoubled, refused }: Account): boolean {
  return events > 0 && lost === 0 && effectsDoubled === 0 && refused === 0
}

function failureOf({ status, replyBody = '', error }: SentAttempt): string {
  if (status === undefined) return String(error)
  const code = /"code":"([a-z-]+)"/.exec(replyBody)?.[1]
  return code === undefined ? String(status) : `${status} ${code}`
}

function takeOverOf(times: readonly number[]): Account['takeOver'] {
  const [medianMs, longestMs] = [quantile(times, 0.5), quantile(times, 1)]
  if (medianMs === undefined || longestMs === undefined) return null
  return { workers: times.length, medianMs, longestMs }
}

function lagOf(effects: readonly Effect[]): Account['lagMs'] {
  const lags = effects.flatMap(({ receivedAt, handledAt }) =>
    handledAt === undefined ? [] : handledAt - receivedAt,
  )
  const [p50, p99, max] = [quantile(lags, 0.5), quantile(lags, 0.99), quantile(lags, 1)]
  return p50 === undefined || p99 === undefined || max === undefined ? null : { p50, p99, max }
}

function most(values: readonly number[]): number {
  return quantile([0, ...values], 1) ?? 0
}

function countBy<T>(items: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[name(item)] = (counts[name(item)] ?? 0) + 1
  return counts
}
