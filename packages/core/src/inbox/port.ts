import type { RefusalCode } from '../errors.ts'
import type { DeliveryContext } from '../event.ts'
import type { Guarded } from './guarded.ts'
import type { Movable, MovedQuarantine } from './move.ts'
import type {
  DiscardRequest,
  EventQuery,
  EventRecord,
  InboxStats,
  PageQuery,
  StoreHealth,
  UnhandledStats,
} from './records.ts'
import type { UnverifiedRows } from './unverified-rows.ts'

export type * from './guarded.ts'
export type * from './move.ts'
export type * from './records.ts'
export type * from './unverified-rows.ts'

/**
 * What a storage engine does for the inbox: record, keep, show. `createInbox` makes an `Inbox` of an engine that also
 * starts attempts (`InboxEngine`); one whose events are run by machinery of its own brings a worker (`createInboxOn`).
 * Group commit is core's in either case. `inboxContract` holds every engine to this text.
 *
 * All times are milliseconds since the Unix epoch and come from the caller, unless an engine has a clock that all its
 * callers share: then that one decides, and the caller's times say how much later than `receivedAt` or `at`. Calls may
 * overlap; each is atomic.
 */
export interface InboxStore extends Movable, Guarded, UnverifiedRows {
  /** For log lines, for example `sqlite ./kyc-webhooks.db`. */
  readonly name: string
  /** True when a resolved `commit` survives a power cut. */
  readonly durable: boolean
  /**
   * How many commits of one inbox may be in flight at once, where waiting for one leaves room for another: behind a network,
   * or on a server that writes its log for several at a time. No key is in two of them. @default 1
   */
  readonly parallelCommits?: number

  /**
   * Opens the store and brings its schema up to date. Called again after it failed. Rejects with `inbox-moved` when it was
   * handed over, and with `inbox-moving` when it took over and was not moved into.
   */
  open(): Promise<void>

  /**
   * The one write path: all of a batch in one transaction. Resolves, with an outcome for each receipt in order, only when
   * it would survive a power cut. Rejects with nothing written. Keys within a batch are distinct and sorted.
   */
  commit(receipts: readonly Receipt[], settlements: readonly Settlement[]): Promise<Outcome[]>

  /**
   * Deletes up to `limit` rows whose time is over: keys, nonces, unverified deliveries, and events that are done, with
   * deliveries that no event needs. Dead letters and quarantine stay. Resolves to how many.
   */
  purge(now: number, limit: number): Promise<number>

  stats(): Promise<InboxStats>
  /** Of `stats` what health needs, without counting what is done: of that there may be millions, and it is asked every second. @default `stats` */
  unhandled?(): Promise<UnhandledStats>
  /** Events, oldest first. */
  events(query: EventQuery): Promise<EventRecord[]>
  /** Quarantined deliveries, oldest first. */
  quarantined(query: PageQuery): Promise<MovedQuarantine[]>
  /** Gives dead letters a fresh set of attempts, due at `now`. Resolves to how many were dead. */
  retry(seqs: readonly number[], now: number): Promise<number>
  /**
   * Deletes dead letters, quarantined and unverified deliveries in one transaction, with deliveries that no event needs. Nothing of
   * them stays in the store but keys and nonces. Resolves to how many were deleted; what is not dead is left alone.
   */
  discard(request: DiscardRequest): Promise<number>

  close(): Promise<void>
}

/** A store that several machines share, whose events are run by machinery of its own. */
export interface SharedStore extends InboxStore {
  /** By the store's clock, and without counting what is done: it may be asked every second. */
  health(): Promise<StoreHealth>
}

/** A store that also starts attempts, for one process at a time. Core's worker runs its events. */
export interface InboxEngine extends InboxStore {
  /**
   * Takes the right to run this receiver's events, which one process has at a time until it releases it or dies. On
   * success each event whose attempt never finished is waiting again, with `crashes` one higher and due at `now`.
   * False: another process has it. True also for an engine that has it already; then nothing is changed.
   */
  acquire(receiver: string, now: number): Promise<boolean>
  release(receiver: string): Promise<void>

  /**
   * Starts attempts: the events due longest first, at most `limit`, of which at most one with `crashes > 0`, and that only
   * when `suspects` is true. Each is durably counted as started before this resolves. Rejects with `inbox-unavailable` when this engine does not have the
   * right to run the receiver's events.
   */
  claim(request: ClaimRequest): Promise<ClaimResult>

  /** The latest `Settlement.head` time that was settled under any of these keys. */
  head(keys: readonly string[]): Promise<number | undefined>
}

/** An authentic delivery to be recorded. */
export interface Receipt {
  /** Name of the receiver; scopes keys, nonces and events. */
  receiver: string
  /** Hash of receiver and delivery id, in hex: 16 bytes, or 24 of one made with a key. `undefined`: never de-duplicated. */
  key: string | undefined
  /** SHA-256 of the exact bytes, 64 hex digits, or a hash of that made with a key: tells a duplicate from a conflict. `ANY_DIGEST`: is in conflict with none. */
  digest: string
  /** The key is remembered until then. */
  keyExpiresAt: number
  /** What key, digest and nonce were in a form from before: a delivery known under that is known, a nonce used under it is used. */
  former?: { key: string | undefined; digest: string; nonce: string | undefined }
  nonce?: {
    /** Hash of receiver and nonce, as `key`. */
    key: string
    expiresAt: number
    /** Refuse it also when the same delivery used it. */
    strict: boolean
  }
  /** The events are due from then on. */
  receivedAt: number
  /** The exact bytes. Kept as long as an event needs them. */
  body: Uint8Array
  /** The headers kept with the delivery: lower-case names. */
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
  events: readonly NewEvent[]
  /**
   * Set: the delivery cannot become events (`events` is empty) and goes to quarantine for this reason, unless its key is
   * known already. A key or nonce is never used up by it.
   */
  quarantine?: RefusalCode
  /** Set: this receipt comes from that quarantine row, which is deleted in the same transaction unless the receipt ends there again. When it is gone, nothing is written. */
  redriven?: number
}

/** One event of a receipt. */
export interface NewEvent {
  type: string
  /** Hash of whom it is about, in hex, to find it again by. Empty or left out: nobody. */
  subject?: string
  /** The normalised event as JSON, and the names of its unsigned attributes. */
  json: string
  unsigned: readonly string[]
}

/**
 * What became of a receipt.
 * - `recorded`: new, and safe now.
 * - `duplicate`: the key is known, with the same bytes; or the quarantine row that it comes from is gone. Nothing written.
 * - `conflict`: the key is known with other bytes; these are in quarantine as evidence.
 * - `nonce-reused`: the key is new, but the nonce was used by another delivery; or the nonce is strict and was used at all.
 *   In quarantine.
 * - `quarantined`: as asked by `Receipt.quarantine`.
 */
export type Outcome = 'recorded' | 'duplicate' | 'conflict' | 'nonce-reused' | 'quarantined'

/** The result of one attempt. Applies only while that attempt is the running one, so a late settlement changes nothing. */
export interface Settlement {
  seq: number
  attempt: number
  /** `released`: given back unfinished (shutdown); the attempt does not count. */
  result: 'done' | 'retry' | 'dead' | 'released'
  at: number
  /** When the next attempt is due, for `retry` and `released`. */
  dueAt?: number
  /** For `retry` and `dead`: name or code of the error; never its message, which may quote personal data. */
  error?: string
  /** For `done`: the event may be purged from then on. Left out: never. */
  purgeAt?: number
  /** For `done` under `latestOnly`: the newest time handled for a subject, under the hash of receiver and subject in hex. Kept when it is later than the stored one. */
  head?: { key: string; time: number }
}

export interface ClaimRequest {
  receiver: string
  now: number
  limit: number
  /** May one event with `crashes > 0` be among them? */
  suspects: boolean
}

export interface ClaimResult {
  claims: Claim[]
  /** When the next event of this receiver is due, if any is waiting after this claim. Suspects count. */
  nextDueAt: number | undefined
}

/** A started attempt. */
export interface Claim {
  /** Number of the event in this inbox, ascending in order of recording. */
  seq: number
  /** Attempts started, with this one. */
  attempt: number
  /** Attempts that the process did not survive. */
  crashes: number
  json: string
  unsigned: readonly string[]
  context: DeliveryContext
}
