import type { EventRecord, MovedDelivery, QuarantineRecord } from './port.ts'

export interface StoredEvent extends EventRecord {
  unsigned: readonly string[]
  purgeAt: number | undefined
  /** What it came with; the same object for all events of a delivery. */
  delivery: Pick<MovedDelivery, 'body' | 'headers'>
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
  /** By `headKey`. */
  heads: Map<string, number>
  lastSeq: number
}
