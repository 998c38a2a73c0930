import type { KycEvent } from '../event.ts'
import type { ReceiverOptions } from '../receiver-options.ts'
import type { Expected, Missing } from './expected.ts'

/** One result of polling, in the form in which the provider would have delivered it. */
export interface PolledResult {
  /** The body of that delivery: its bytes, its text, or its JSON as a value. Give text where there may be integers beyond 2^53 - 1. */
  body: Uint8Array | string | object
  /** Headers of that delivery, where its events are made of some. Names in any case. @default none */
  headers?: Readonly<Record<string, string>>
}

/** All results at once, or pages of them as they come. When a generator is resumed, the page that it gave is recorded. */
export type PolledResults = readonly PolledResult[] | AsyncIterable<readonly PolledResult[]>

/** What `fetch` is called with. */
export interface PollScope {
  /** Aborted when time is up or the reconciler is closing: pass it on to `fetch` of Node.js and the like. */
  signal: AbortSignal
}

/** What `reconcile` can be told. */
export interface ReconcileOptions<E extends KycEvent = KycEvent>
  extends Pick<ReceiverOptions<E>, 'name' | 'maxBodyBytes' | 'rememberMs' | 'logger' | 'now' | 'random'> {
  /** Asks the provider for results. What is known already may be among them. */
  fetch: (scope: PollScope) => PolledResults | Promise<PolledResults>
  /** Time between two polls, over all processes of the inbox, in milliseconds. @default 600_000 (10 minutes); not less than that for ADVANCE.AI */
  everyMs?: number | undefined
  /** Time for one call of `fetch`, with all its pages, in milliseconds. Not more than `everyMs`. @default 300_000 (5 minutes), or `everyMs` */
  fetchTimeoutMs?: number | undefined
  /** Tells reconcilers of one receiver apart that fetch different things: each polls on its own. @default 'poll' */
  task?: string | undefined
  /** What your application waits for still, asked after each poll. @default nothing is expected */
  expected?: (() => readonly Expected<E>[] | Promise<readonly Expected<E>[]>) | undefined
  /** What is expected for longer is missing, in milliseconds. @default 86_400_000 (24 hours) */
  missingAfterMs?: number | undefined
  /** Called once for each expected event that is missing. The log has a line in any case. */
  onMissing?: ((missing: Missing) => unknown) | undefined
}
