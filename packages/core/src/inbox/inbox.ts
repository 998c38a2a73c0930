import type { TransactionClient } from '../event.ts'
import type { Logger } from '../logger.ts'
import type { Erased, EraseOptions } from './erasing.ts'
import type {
  Claim,
  DeliveryRecord,
  DiscardRequest,
  EventQuery,
  EventRecord,
  InboxStats,
  Movable,
  Outcome,
  PageQuery,
  QuarantineRecord,
  Receipt,
  Settlement,
  StoreHealth,
  UnverifiedBounds,
  UnverifiedDelivery,
  UnverifiedRecord,
} from './port.ts'
import type { Retention } from './retention.ts'
import type { RetryPolicy } from './retry-policy.ts'
import type { Reencrypted, ReencryptOptions } from './sealing/reencrypt.ts'

/**
 * The durable record of deliveries and events, and what hands events to handlers. Several receivers may share one.
 * Engines become one through `createInbox`.
 */
export interface Inbox {
  /** For log lines. */
  readonly name: string
  /** True when what was recorded survives a power cut. */
  readonly durable: boolean
  /** Opens the store. Idempotent; may be called again after it failed. */
  open(): Promise<void>
  /**
   * Records an authentic delivery. Resolves only when the outcome is durable. Rejects with the code `inbox-full` when too
   * many are waiting and `inbox-unavailable` when the store failed.
   */
  record(receipt: Receipt): Promise<Outcome>
  /** How long a receipt would wait for its outcome if it came now, in milliseconds: a guess from the last commits. 0 when nothing is under way. */
  waitMs(): number
  /** Starts handing the events of one receiver to its handler. One worker for each receiver name. */
  work(work: Work): Worker
  stats(): Promise<InboxStats>
  /** For `/healthz` and `/readyz`: never rejects, and answers within seconds also when the store does not. */
  health(): Promise<InboxHealth>
  /** Events, oldest first. */
  events(query?: EventQuery): Promise<EventRecord[]>
  /** Quarantined deliveries, oldest first. */
  quarantined(query?: PageQuery): Promise<QuarantineRecord[]>
  /** Unverified deliveries, oldest first. Whoever can reach a receiver with `keepUnverified` may have written them. */
  unverified(query?: PageQuery): Promise<UnverifiedRecord[]>
  /** Keeps deliveries that no secret of a receiver matched, and deletes the oldest beyond the bounds. Beside the commits, not before them. */
  keepUnverified(
    receiver: string,
    deliveries: readonly UnverifiedDelivery[],
    bounds: UnverifiedBounds,
  ): Promise<void>
  /** Gives dead letters a fresh set of attempts. Resolves to how many of them were dead letters; other numbers are left alone. */
  retry(seqs: readonly number[]): Promise<number>
  /**
   * Tries a quarantined delivery again, without regard to its age: after a fix of the provider definition, or a look at why
   * it was stale. Its receiver must run on this inbox in this process, with handlers, or its worker. Rejects with `redrive-impossible`.
   */
  redrive(seq: number): Promise<Outcome>
  /**
   * Deletes dead letters, quarantined and unverified deliveries for good, with the bytes that no other event needs. Delivery ids stay
   * remembered, so that a repetition of a dead letter's delivery is a duplicate; one of a quarantined delivery goes to
   * quarantine again. Resolves to how many were deleted: events that are not dead letters are left alone.
   */
  discard(what: DiscardRequest): Promise<number>
  /**
   * Deletes what is kept of one person: the events with this `subject` that are done or dead, the bytes of their deliveries,
   * quarantined deliveries about nobody else, and what `latestOnly` remembers under this subject. Delivery ids stay
   * remembered, so that a repetition is a duplicate. Unverified deliveries are not looked into: they go by age.
   */
  erase(subject: string, options?: EraseOptions): Promise<Erased>
  /**
   * Brings everything to the form in which `encryption` would have it recorded now: after a rotation of its keys, after it
   * was switched on or off. In small steps, beside the work of the inbox. Rejects with `option-invalid` without `encryption`.
   */
  reencrypt(options?: ReencryptOptions): Promise<Reencrypted>
  /** The delivery that brought an event: its exact bytes and kept headers. `undefined`: it is not there, or cannot be read. */
  delivery(event: number): Promise<DeliveryRecord | undefined>
  /** What `moveInbox` calls. Throws `inbox-in-use` while this process has a worker on it. */
  movable(): Movable
  /** Waits for commits under way, then closes the store. Workers must be stopped first. */
  close(): Promise<void>
}

/** Whether the store answers, and how the handling of events keeps up. All zero when the store does not answer. */
export interface InboxHealth extends StoreHealth {
  reachable: boolean
}

/** What a worker does with the events of one receiver. */
export interface Work {
  receiver: string
  /** One attempt. Resolves: the event is settled. Rejects: it is tried again, or becomes a dead letter. */
  run: (claim: Claim, attempt: AttemptScope) => Promise<void>
  /** The receipts that a quarantined delivery of this receiver comes to now: at least one. Left out: it cannot be redriven. */
  redrive?: (delivery: QuarantineRecord) => readonly Receipt[]
  /** Attempts at once. */
  concurrency: number
  /** An attempt that takes longer has failed, in milliseconds. */
  timeoutMs: number
  /** Run each attempt in the transaction that settles its event. For inboxes on a database server alone. */
  transactional?: boolean | undefined
  retry: RetryPolicy
  /** How long a handled event and its delivery are kept, in milliseconds. */
  keepHandledMs: Retention
  logger: Logger
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 to below 1. */
  random: () => number
  onDeadLetter?: ((letter: DeadLetter) => void) | undefined
  /** Told of each attempt when it ended. */
  onAttempt?: ((durationMs: number, outcome: Settlement['result']) => void) | undefined
}

/** What an attempt has beside its claim. */
export interface AttemptScope {
  /** Aborted when time is up or the worker is stopping. */
  signal: AbortSignal
  /** Runs `write` unless an event of this subject with a later time was handled before; one at a time for each subject. Resolves to whether it ran. */
  latest: (
    subject: string,
    time: number,
    equalTimes: 'apply' | 'skip',
    write: () => unknown,
  ) => Promise<boolean>
  /** The client of the transaction that settles the event, for `Work.transactional`. */
  client?: TransactionClient
}

export interface Worker {
  /** Starts no more attempts, waits up to `graceMs` for those in hand, then aborts them and gives them back. */
  stop(graceMs: number): Promise<void>
}

/** An event whose attempts ran out. It stays in the inbox until `inbox.retry` or `inbox.discard`. */
export interface DeadLetter {
  seq: number
  receiver: string
  attempts: number
  crashes: number
  /** Name or code of the last error; `timeout` and `crashed` are ours. */
  error: string
  /** The event as JSON. May hold personal data. */
  json: string
}
