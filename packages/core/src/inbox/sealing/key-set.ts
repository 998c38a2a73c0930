import { createSecretKey, KeyObject } from 'node:crypto'
import { KycWebhookError } from '../../errors.ts'
import { decodeStrictBase64 } from './strict-base64.ts'

/** A key as it is used. */
export interface SealKey {
  readonly id: string
  readonly key: KeyObject
}

/** The keys in hand: the first one seals. */
export interface KeySet {
  readonly first: SealKey
  readonly byId: ReadonlyMap<string, SealKey>
}

const KEY_BYTES = 32
const ID = /^[A-Za-z0-9][\w.-]{0,31}$/

/** Throws `encryption-key-missing` or `encryption-key-malformed`, without a word of any key. */
export function toKeySet(given: unknown): KeySet {
  const listed = typeof given === 'string' ? fromText(given) : given
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new KycWebhookError(
      'encryption-key-missing',
      'set `encryption.keys`; is the environment variable set in this process?',
    )
  }
  const keys = listed.map(toKey)
  const byId = new Map(keys.map((key) => [key.id, key]))
  const [first] = keys
  if (first === undefined || byId.size < keys.length) malformed('two keys have one id')
  return { first, byId }
}

function fromText(text: string): unknown[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.length === 1 && parts[0] === ''
    ? []
    : parts.map((part) => {
        const at = part.indexOf(':')
        return { id: part.slice(0, Math.max(at, 0)), key: part.slice(at + 1) }
      })
}

function toKey(given: unknown): SealKey {
  const { id, key } = (given ?? {}) as { id?: unknown; key?: unknown }
  if (typeof id !== 'string' || !ID.test(id)) {
    malformed('an `id` is letters, digits, `_`, `.` and `-`, at most 32; as text, `id:base64`')
  }
  if (key instanceof KeyObject) {
    if (key.type !== 'secret' || key.symmetricKeySize !== KEY_BYTES) malformed(`${id} has not 32 bytes`)
    return { id, key }
  }
  const bytes = typeof key === 'string' ? decodeStrictBase64(key) : key
  if (!(bytes instanceof Uint8Array)) malformed(`${id} is not Base64 with padding: openssl rand -base64 32`)
  if (bytes.byteLength !== KEY_BYTES) malformed(`${id} has not 32 bytes: openssl rand -base64 32`)
  if (bytes.every((byte) => byte === bytes[0])) malformed(`${id} is one byte over and over`)
  return { id, key: createSecretKey(bytes) }
}

function malformed(detail: string): never {
  throw new KycWebhookError('encryption-key-malformed', detail)
}
