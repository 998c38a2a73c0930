import type { RefusalCode } from '../errors.ts'
import type { DeliveryContext } from '../event.ts'

export type EventState = 'waiting' | 'running' | 'done' | 'dead'

export interface InboxStats {
  waiting: number
  running: number
  done: number
  dead: number
  quarantined: number
  /** `receivedAt` of the oldest event that is waiting or running. */
  oldestUnhandledAt: number | undefined
}

export type UnhandledStats = Pick<InboxStats, 'waiting' | 'running' | 'dead' | 'oldestUnhandledAt'>

/** How the handling of events keeps up. */
export interface StoreHealth {
  /** Age of the oldest event that is waiting or running, in milliseconds; 0 when there is none. */
  lagMs: number
  /** Events that are waiting or running. */
  depth: number
  deadLetters: number
}

export interface PageQuery {
  receiver?: string
  /** Only rows with a higher number. */
  after?: number
  /** @default 100 */
  limit?: number
}

export interface EventQuery extends PageQuery {
  state?: EventState
}

/** A row of a sealed inbox that cannot be opened: its key is not there, or it was changed. Then what is sealed is left out. */
export interface Unreadable {
  unreadable?: 'key-missing' | 'broken'
}

export interface EventRecord extends Unreadable {
  seq: number
  receiver: string
  state: EventState
  type: string
  /** `null`, as JSON, when it is unreadable. */
  json: string
  attempts: number
  crashes: number
  dueAt: number
  error: string | undefined
  receivedAt: number
  context: DeliveryContext
}

/** A delivery as it came. */
export interface DeliveryRecord {
  /** The exact bytes. Empty when they were erased. */
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
}

/** What to delete, by number. */
export interface DiscardRequest {
  /** Dead letters. */
  events?: readonly number[]
  /** Quarantined deliveries. */
  quarantined?: readonly number[]
  /** Unverified deliveries. */
  unverified?: readonly number[]
}

/**
 * A quarantined delivery: one row for each distinct body of a receiver. Headers and context are those of its first
 * arrival, so that a replay cannot overwrite evidence.
 */
export interface QuarantineRecord extends Unreadable {
  seq: number
  receiver: string
  /** Of its last arrival or redrive. */
  reason: RefusalCode
  /** First and last time it came, and how often. */
  firstAt: number
  lastAt: number
  count: number
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
}
