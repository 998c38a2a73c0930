/** When a failed attempt is made again, and when to stop. */
export interface RetryPolicy {
  /** Attempts in all; after the last one the event is a dead letter. @default 15 */
  attempts: number
  /** Delay before the second attempt, in milliseconds. @default 1000 */
  firstDelayMs: number
  /** Each further delay is this many times longer. @default 3 */
  factor: number
  /** No delay is longer, in milliseconds. @default 3_600_000 (one hour) */
  maxDelayMs: number
  /** Attempts that the process did not survive; after the last one the event is a dead letter. @default 5 */
  crashes: number
}

/** Fifteen attempts over about six hours (5.5 to 6.9, as chance has it): an evening's outage of what the handler writes to is survived. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 15,
  firstDelayMs: 1_000,
  factor: 3,
  maxDelayMs: 3_600_000,
  crashes: 5,
}

/** The delay after the given failed attempt (1 is the first): exponential, with up to 20 % taken off at random so that failures spread out. */
export function retryDelay(policy: RetryPolicy, attempt: number, random: () => number): number {
  // Finite, because no delay at all times infinity is no number, and an event due then is never due.
  const growth = Math.min(policy.factor ** (attempt - 1), Number.MAX_VALUE)
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * growth)
  return Math.round(full * (1 - 0.2 * random()))
}
