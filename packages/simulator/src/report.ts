import type { IncomingHttpHeaders } from 'node:http'
import type { Verdict } from './rules.ts'

/** One try at sending a delivery, and what came of it. */
export type DeliveryAttempt = Sent & (WithReply | WithoutReply)

interface Sent {
  /** When it was sent, in milliseconds since the Unix epoch, by the simulator's clock. */
  readonly at: number
  /** Until the end of the reply or the failure, in milliseconds of real time. */
  readonly durationMs: number
  /** What the provider makes of it. */
  readonly verdict: Verdict
}

interface WithReply {
  readonly status: number
  readonly replyHeaders: IncomingHttpHeaders
  /** The first 64 KiB, as UTF-8. */
  readonly replyBody: string
  readonly error?: undefined
}

interface WithoutReply {
  readonly status?: undefined
  readonly replyHeaders?: undefined
  readonly replyBody?: undefined
  /** `timeout`, or Node's code: `ECONNREFUSED`, `ECONNRESET`, `DEPTH_ZERO_SELF_SIGNED_CERT`, ... */
  readonly error: string
}

/** What became of a draft, over all attempts. */
export interface DeliveryReport {
  /** `Draft.id`. */
  readonly id: string | undefined
  /** `refused`: a reply was final, without being a success. `gave-up`: every attempt failed. Either way the event is lost. */
  readonly outcome: 'accepted' | 'refused' | 'gave-up'
  /** In order; at least one. */
  readonly attempts: readonly DeliveryAttempt[]
}
