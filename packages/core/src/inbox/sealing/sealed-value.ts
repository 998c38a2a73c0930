import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KycWebhookError } from '../../errors.ts'
import type { KeySet, SealKey } from './key-set.ts'

/** Where a value belongs: authenticated with it, so that it opens in no other place. */
export interface Place {
  kind: 'event' | 'context' | 'body' | 'hash key' | 'check'
  receiver: string
  /** Of the delivery: a random name that stands beside it, the same for all of its values. */
  place: string
}

/** Version, length of the key's id, the id, nonce, ciphertext, tag. */
const VERSION = 1
/**
 * Random, of 96 bits (NIST SP 800-38D, section 8.2.2): no more than 2^32 values with one key, so that two share a nonce with
 * a chance below 2^-32.
 */
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** What sealed text begins with: no JSON does. */
const TEXT_PREFIX = 'kw1.'

/** AES-256-GCM. */
export function sealBytes({ id, key }: SealKey, place: Place, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad(id, place))
  const head = Buffer.from([VERSION, id.length, ...Buffer.from(id, 'latin1')])
  return Buffer.concat([head, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws `encryption-key-missing` when its key is not there, and `sealed-value-broken` when it is not what was sealed for this place. */
export function openBytes({ byId }: KeySet, place: Place, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const id = keyIdOf(bytes)
  const key = byId.get(id)
  if (key === undefined) throw new KycWebhookError('encryption-key-missing', `the key ${id} is not there`)
  const from = 2 + id.length
  const nonce = bytes.subarray(from, from + NONCE_BYTES)
  const end = bytes.length - TAG_BYTES
  if (end < from + NONCE_BYTES) throw broken()
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(aad(id, place))
    decipher.setAuthTag(bytes.subarray(end))
    return Buffer.concat([decipher.update(bytes.subarray(from + NONCE_BYTES, end)), decipher.final()])
  } catch {
    throw broken()
  }
}

/** Of the key that a value was sealed with. */
export function keyIdOf(sealed: Uint8Array): string {
  const [version, length = 0] = sealed
  if (version !== VERSION || length === 0 || sealed.byteLength < 2 + length) throw broken()
  const id = Buffer.from(sealed.subarray(2, 2 + length)).toString('latin1')
  if (!/^[\w.-]+$/.test(id)) throw broken()
  return id
}

export const sealText = (key: SealKey, place: Place, plain: string): string =>
  TEXT_PREFIX + sealBytes(key, place, Buffer.from(plain)).toString('base64')

export const openText = (keys: KeySet, place: Place, sealed: string): string =>
  openBytes(keys, place, textBytes(sealed)).toString('utf8')

export const isSealedText = (text: string): boolean => text.startsWith(TEXT_PREFIX)

export const textBytes = (sealed: string): Buffer => Buffer.from(sealed.slice(TEXT_PREFIX.length), 'base64')

const aad = (keyId: string, { kind, receiver, place }: Place): Buffer =>
  Buffer.from(JSON.stringify(['kyc-webhooks', VERSION, kind, keyId, receiver, place]))

const broken = (): KycWebhookError =>
  new KycWebhookError('sealed-value-broken', 'it was changed, or put in the place of another')
