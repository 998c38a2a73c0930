import type { Draft } from './draft.ts'
import type { Flaw } from './flaws.ts'

/** How a provider delivers: data and pure functions. `createSimulator` does the rest. */
export interface ProviderRules {
  readonly provider: string
  /** Waits before the second and each further attempt, in milliseconds. */
  readonly retrySchedule: readonly number[]
  /** Time to the end of the reply, in milliseconds. */
  readonly timeLimitMs: number
  /** Lowest TLS version that the provider speaks. */
  readonly minTls: 'TLSv1.2' | 'TLSv1.3'
  readonly headers: HeaderNames
  /** What can be wrong with a delivery of this provider. */
  readonly flaws: readonly Flaw[]
  /** What the provider makes of a status. */
  readonly verdict: (status: number) => Verdict
  /** Value of the signature header. `timestamp` is the text of the timestamp header. */
  readonly signature: (body: Buffer, timestamp: string) => string
  /** Headers outside the signature that every attempt carries. `attempt` counts from 1. */
  readonly unsigned: (draft: Draft, attempt: number) => Readonly<Record<string, string>>
}

/** Names of the headers that prove a delivery, spelled as the provider does. A provider need not send a timestamp or a nonce. */
export interface HeaderNames {
  readonly signature: string
  readonly timestamp?: string
  readonly nonce?: string
}

/**
 * - `accepted`: the provider is done.
 * - `refused`: the provider is done too, and the event is lost: it never sends it again.
 * - `failed`: it is sent again, while the retry schedule lasts.
 */
export type Verdict = 'accepted' | 'refused' | 'failed'
