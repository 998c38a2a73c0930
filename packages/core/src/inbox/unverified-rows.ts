import type { DeliveryContext } from '../event.ts'
import type { PageQuery, Unreadable } from './records.ts'

/** What a store does so that deliveries that no secret matched can be verified again. Anybody can write here: nothing of it is believed, nor moved. */
export interface UnverifiedRows {
  /**
   * Keeps deliveries of one receiver, in one transaction. One whose digest is there already stays as it is; then the oldest
   * beyond the bounds are deleted. Need not survive a power cut.
   */
  keepUnverified(
    receiver: string,
    deliveries: readonly UnverifiedDelivery[],
    bounds: UnverifiedBounds,
  ): Promise<void>
  /** Oldest first. */
  unverified(query: PageQuery): Promise<StoredUnverified[]>
}

/** A delivery that no secret matched, as it came. */
export interface UnverifiedDelivery {
  /** Of its bytes and of the headers that it is verified by, as `Receipt.digest`: one row for each. */
  digest: string
  /** By the clock of its receiver, in milliseconds since the epoch. */
  receivedAt: number
  /** It may be purged from then on. */
  expiresAt: number
  body: Uint8Array
  /** Those that the provider reads, with all that it is verified by. */
  headers: Readonly<Record<string, string>>
  context: DeliveryContext
}

export interface StoredUnverified extends Omit<UnverifiedDelivery, 'expiresAt'> {
  seq: number
  receiver: string
}

/** How much of one receiver is kept. */
export interface UnverifiedBounds {
  /** Deliveries. */
  max: number
  /** Of bodies and headers, as they are stored. */
  maxBytes: number
}

/** A delivery that no secret matched when it came. Anybody may have sent it. */
export interface UnverifiedRecord extends Omit<StoredUnverified, 'digest'>, Unreadable {}
