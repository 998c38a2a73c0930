import type { EventRecord, MovedDelivery, QuarantineRecord, StoredUnverified } from './port.ts'

export interface StoredEvent extends EventRecord {
  unsigned: readonly string[]
  /** As `NewEvent.subject`; `undefined`: nobody has looked yet. */
  subject: string | undefined
  purgeAt: number | undefined
  /** What it came with; the same object for all events of a delivery. */
  delivery: Pick<MovedDelivery, 'body' | 'headers'> & { seq: number }
}

/** What the engine in memory keeps. */
export interface MemoryRows {
  /** By key. */
  seen: Map<string, { digest: string; expiresAt: number }>
  /** By key. */
  nonces: Map<string, { usedBy: string | undefined; expiresAt: number }>
  /** By number. */
  events: Map<number, StoredEvent>
  /** By number. */
  quarantine: Map<number, QuarantineRecord & { digest: string }>
  /** By number. */
  unverified: Map<number, StoredUnverified & { expiresAt: number }>
  /** By `headKey`. */
  heads: Map<string, number>
  seal: string | undefined
  lastSeq: number
  lastDelivery: number
  lastUnverified: number
}
