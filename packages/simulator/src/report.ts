import type { IncomingHttpHeaders } from 'node:http'
import type { Failure } from './failure.ts'
import type { Mishap } from './mishaps.ts'
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
  /** Size of the body. */
  readonly bodyBytes: number
  /** What went wrong on the way, on purpose. */
  readonly mishap?: Mishap
}

interface WithReply {
  readonly status: number
  readonly replyHeaders: IncomingHttpHeaders
  /** The first 64 KiB, as UTF-8. */
  readonly replyBody: string
  /** Size of the whole body of the reply. */
  readonly replyBytes: number
  readonly error?: undefined
  readonly reason?: undefined
}

interface WithoutReply extends Failure {
  readonly status?: undefined
  readonly replyHeaders?: undefined
  readonly replyBody?: undefined
  readonly replyBytes?: undefined
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
