import type { Latencies } from '@kyc-webhooks/simulator'

/** What the sender is told, as JSON in its first argument. */
export interface LoadOrder {
  secret: string
  /** How deliveries are signed; `none` asks for `GET /other`, the rest of the application. */
  scheme: Scheme
  bodyBytes: number
  loop: Loop
  /** Deliveries a second that the receiver does not reach: so many are signed beforehand. When they are used up, it ends early. */
  mostPerSecond: number
  /** Sign each delivery when it is sent, where the rate does not matter: there is no end to them. */
  signLate?: boolean
  /** Seconds before those that count. */
  warmup: number
  seconds: number
}

export type Scheme = 'press' | 'github' | 'standard' | 'none'

/**
 * Closed: each connection sends its next delivery when the reply to the last is there. Open: deliveries are sent at fixed
 * times, whatever the receiver does; what finds no connection free waits for one, and that counts.
 */
export type Loop =
  | { kind: 'closed'; connections: number }
  | {
      kind: 'open'
      perSecond: number
      /** Until the seconds that count begin: a receiver that was just started is slow. @default `perSecond` */
      warmupPerSecond?: number
      maxConnections: number
    }

/** What the sender saw in the seconds that count. */
export interface LoadReport {
  /** Replies with 200. */
  accepted: number
  /** All other replies. */
  refused: number
  /** How many replies had which status. */
  statuses: Record<number, number>
  /** Deliveries without a reply: the connection broke, or nothing came in time. */
  unanswered: number
  /** Replies with 200 after 500 ms, the limit of PRESS. */
  late: number
  /** All other replies after that. */
  lateRefusals: number
  seconds: number
  /** Of replies with 200. Closed loop: from sending. Open loop: from the time at which it was to be sent. */
  latencies: Latencies
  /** Of all other replies. */
  refusals: Latencies
  /** Share of the time in which the sender's event loop was busy. Near 1: the sender is what was measured. */
  busy: number
}
