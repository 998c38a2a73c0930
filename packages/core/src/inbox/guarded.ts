import type { DeliveryContext } from '../event.ts'

/** What a store does so that what it holds can be sealed, sealed anew, and erased. */
export interface Guarded {
  /** The seal of this store: a text of core's about how its rows are sealed. `undefined`: they never were. */
  seal(): Promise<string | undefined>
  /** Puts a seal in the place of another. Resolves to the one that is there then: not the new one when `before` was not there. */
  setSeal(before: string | undefined, seal: string): Promise<string | undefined>

  /** Deliveries with their events, as they are stored, oldest first. */
  deliveries(query: DeliveryQuery): Promise<StoredDelivery[]>
  /**
   * Puts deliveries, their events, quarantined and unverified deliveries in another form, in one transaction. What is gone stays gone,
   * and an empty body empty.
   */
  rewrite(rows: RewrittenRows): Promise<void>

  /** Hashes that were made without a key, which their length tells, behind `after`. */
  plainHashes(kind: HashKind, after: string, limit: number): Promise<PlainHash[]>
  /** Puts hashes in the place of others, in one transaction. One that is there already stays; of two heads the later counts. */
  rehash(kind: HashKind, hashes: readonly Rehash[]): Promise<void>

  /**
   * Deletes the events of a subject that are done or dead, in one transaction, with the bodies and headers of their
   * deliveries, also where another event needs the rest. Nothing of them stays in the store but keys and nonces.
   */
  erase(request: EraseRequest): Promise<ErasedRows>

  /** Overwrites what was deleted or put in another form. Resolves to false when bytes of it may still lie in files of the store. */
  overwrite(): Promise<boolean>
}

export interface DeliveryQuery {
  /** Only deliveries with a higher number. */
  after: number
  limit: number
  /** Only those with an event whose `subject` nobody has looked for yet. */
  unlooked?: boolean
  /** Only the delivery of this event. */
  event?: number
}

export interface StoredDelivery {
  /** Number of the delivery in this store. */
  seq: number
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
  /** At least one. */
  events: readonly StoredFact[]
}

/** An event, as far as it can be sealed. */
export interface StoredFact {
  seq: number
  receiver: string
  json: string
  /** As `NewEvent.subject`; `undefined`: nobody has looked yet. */
  subject: string | undefined
}

export interface RewrittenRows {
  deliveries?: readonly StoredDelivery[]
  /** By number. A digest that another row has already leaves this one as it is. */
  quarantined?: readonly RewrittenDelivery[]
  /** By number. Another row of the receiver with the digest is the same delivery, and gives way. */
  unverified?: readonly RewrittenDelivery[]
}

export type RewrittenDelivery = Omit<StoredDelivery, 'events'> & { digest: string }

/** Of `Receipt.key`, of `Receipt.nonce`, or of `Settlement.head`. */
export type HashKind = 'key' | 'nonce' | 'head'

export interface PlainHash {
  /** In hex. */
  hash: string
  /** Of a key: the digest that stands beside it. Of a nonce: the key that used it, if any. */
  digest?: string
}

export interface Rehash {
  from: string
  to: string
  /** What is to stand beside it. */
  digest?: string | undefined
}

export interface EraseRequest {
  /** Hashes of the subject, as `NewEvent.subject`: those of an event under any of them. */
  subjects: readonly string[]
  /** @default every receiver */
  receiver?: string
  /** Also events that wait. */
  waiting?: boolean
  /** Keys of heads to delete. */
  heads?: readonly string[]
  /** Numbers of quarantined deliveries to delete. */
  quarantined?: readonly number[]
}

/** How many rows. */
export interface ErasedRows {
  /** Events that were deleted. */
  events: number
  /** Bodies of deliveries that were deleted while another event needs the rest. */
  bodies: number
  heads: number
  quarantined: number
  /** Events of the subject that wait, or run, and are there still. */
  waiting: number
  running: number
  /** Receivers of all these events. */
  receivers: readonly string[]
}
