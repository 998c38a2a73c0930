import type { EncryptionOptions } from './sealing/encryption-options.ts'

/** How an inbox of any engine goes about its work. */
export interface InboxOptions {
  /** Receipts that may wait for their outcome; one more is refused (503). @default 4096 */
  maxQueued?: number
  /** Bytes of bodies that may wait for their outcome; more are refused (503), unless nothing else waits. @default 67_108_864 (64 MiB) */
  maxQueuedBytes?: number
  /** How often rows whose time is over are deleted, in milliseconds. @default 60_000 */
  purgeEveryMs?: number
  /** Seals bodies, headers, contexts and events with keys of yours, and keeps ids and subjects as keyed hashes. @default everything is in plain text */
  encryption?: EncryptionOptions | undefined
  /** For tests: milliseconds since the epoch. @default Date.now */
  now?: () => number
}
