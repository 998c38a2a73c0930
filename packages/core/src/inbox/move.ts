import type { DeliveryContext } from '../event.ts'
import type { EventState, QuarantineRecord } from './records.ts'

/** How a store moves into another one, of whatever engine. None of the calls needs `open()`. */
export interface Movable {
  /**
   * Hands everything over. While `take` runs nobody records here and nobody starts attempts, in no process. When it resolves,
   * the store closes for good, and then this resolves: whoever has it open can record nothing and start nothing any more
   * (`inbox-moved`). When it rejects, everything is as before, and this rejects with the same.
   *
   * A store that was handed over before resolves to where it went, and `take` is not called. Rejects with `inbox-in-use`
   * when anybody runs events.
   *
   * @param to name of the target, for messages
   */
  handOver(to: string, take: (move: Move) => Promise<void>): Promise<Departure>
  /**
   * Takes over everything, in one transaction. From then on the store is closed (`inbox-moving`) until `moveIn`, so that
   * never both are open. Rejects with `inbox-not-empty` when there is anything in it but what an earlier try of the same
   * source has left, which is replaced.
   */
  takeOver(move: Move): Promise<void>
  /**
   * Opens a store that took over, now that its source is closed; nothing is changed when it is open already. Resolves to what
   * it took. Rejects with `inbox-moved` when that move led somewhere else.
   */
  moveIn(departure: Departure): Promise<MoveCounts>
}

/** A store on its way into another one. */
export interface Move {
  /** Of this try alone: the source closes under it, and only the target that holds it is opened. */
  id: string
  /** The same for each try to move this source: what an earlier one left in a target may be replaced. */
  origin: string
  /** Name of the source, for messages. */
  from: string
  /** As `Guarded.seal`: what the rows are sealed with moves with them. */
  seal?: string | undefined
  /** The highest numbers that were given, also to rows that are gone. Later ones go on above them. */
  lastSeq: { event: number; quarantine: number }
  /** What there is to move. */
  counts: MoveCounts
  rows: AsyncIterable<MovedRows>
}

/** How many rows of each kind. */
export interface MoveCounts {
  keys: number
  nonces: number
  heads: number
  deliveries: number
  events: number
  quarantined: number
}

/** Where a store has gone. */
export interface Departure {
  /** Of the move. */
  id: string
  /** Name of the target, for messages. */
  to: string
}

/** Some of what moves: enough for a step, and never more than fits into memory. */
export interface MovedRows {
  keys?: readonly MovedKey[]
  nonces?: readonly MovedNonce[]
  heads?: readonly MovedHead[]
  deliveries?: readonly MovedDelivery[]
  quarantined?: readonly MovedQuarantine[]
}

export interface MovedKey {
  /** As `Receipt.key` and `Receipt.digest`. */
  key: string
  digest: string
  expiresAt: number
}

export interface MovedNonce {
  /** As `Receipt.nonce.key`. */
  key: string
  /** Key of the delivery that used it, if it has one. */
  usedBy: string | undefined
  expiresAt: number
}

export interface MovedHead {
  /** As `headKey` makes it. */
  key: string
  time: number
}

/** A delivery with those of its events that are still there. */
export interface MovedDelivery {
  receivedAt: number
  body: Uint8Array
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
  events: readonly MovedEvent[]
}

export interface MovedEvent {
  seq: number
  receiver: string
  type: string
  json: string
  unsigned: readonly string[]
  /** As `NewEvent.subject`; `undefined`: nobody has looked yet. */
  subject?: string | undefined
  /** One that was running is waiting, with a crash more: nobody knows what became of its attempt. */
  state: Exclude<EventState, 'running'>
  dueAt: number
  attempts: number
  crashes: number
  error: string | undefined
  /** Of an event that is done: when it may be purged, if ever. */
  purgeAt: number | undefined
}

export interface MovedQuarantine extends QuarantineRecord {
  /** As `Receipt.digest`. */
  digest: string
}
