import type { KeyObject } from 'node:crypto'

/** A key for AES-256-GCM. */
export interface EncryptionKey {
  /** Stands in plain text beside what is sealed with it: letters, digits, `_`, `.` and `-`, at most 32. Never used again for another key. */
  id: string
  /** 32 bytes: as Base64 with padding, as bytes or as a key of `node:crypto`. */
  key: string | Uint8Array | KeyObject
}

/** The first seals, all of them open. As text, for an environment variable: `id:base64`, several with commas between them. */
export type EncryptionKeys = readonly EncryptionKey[] | string

/** How what an inbox holds is sealed. The same in every process that uses the inbox. */
export interface EncryptionOptions {
  /** The keys, or a function that fetches them or has a key service unwrap them. `undefined` is an error, never an inbox in plain text. */
  keys: EncryptionKeys | undefined | (() => EncryptionKeys | Promise<EncryptionKeys>)
  /** How long keys from a function are used before it is asked again, in milliseconds. @default 60_000 */
  keysMaxAgeMs?: number
  /** False: what is recorded from now on is in plain text, and `reencrypt` brings the rest back. Hashes stay keyed. @default true */
  seal?: boolean
}
