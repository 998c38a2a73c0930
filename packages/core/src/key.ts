import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { isRfc3339 } from './cloud-events/rfc3339.ts'
import { KycWebhookError } from './errors.ts'
import { invalid } from './option-checks.ts'
import type { DatedSecret } from './receiver-options.ts'

/** A secret as it is used: what it verifies with, what it is called, and when it is in force. */
export interface Key {
  /** As given; else a fingerprint. Not secret. */
  readonly id: string
  readonly hmacKey: KeyObject
  /** In force from then on, and before then. Milliseconds since the epoch, or infinite. */
  readonly notBefore: number
  readonly notAfter: number
}

export const isInForce = ({ notBefore, notAfter }: Key, now: number): boolean =>
  notBefore <= now && now < notAfter

/** For the log. */
export function lifeOf({ id, notBefore, notAfter }: Key): string {
  const from = notBefore === Number.NEGATIVE_INFINITY ? '' : ` from ${new Date(notBefore).toISOString()}`
  const to = notAfter === Number.POSITIVE_INFINITY ? '' : ` until ${new Date(notAfter).toISOString()}`
  return `${id} (in force${from}${to})`
}

export function isSameKey(one: Key, other: Key | undefined): boolean {
  return (
    other !== undefined &&
    one.id === other.id &&
    one.notBefore === other.notBefore &&
    one.notAfter === other.notAfter &&
    one.hmacKey.equals(other.hmacKey)
  )
}

/** The keys of one secret or several. Throws a `KycWebhookError` without a word of any of them. */
export function toKeys(given: unknown, derive: (secret: string) => Uint8Array): readonly Key[] {
  const secrets = Array.isArray(given) ? given : [given]
  if (secrets.length === 0) throw new KycWebhookError('secret-missing', 'the list of secrets is empty')
  const keys = secrets.map((secret) => toKey(secret, derive))
  const named = new Map(keys.map((key) => [key.id, key]))
  for (const key of keys)
    if (named.get(key.id)?.hmacKey.equals(key.hmacKey) !== true)
      invalid('secret', 'another `id` for each secret')
  return keys
}

function toKey(given: unknown, derive: (secret: string) => Uint8Array): Key {
  const { id, secret, notBefore, notAfter } = isObject(given) ? checkedFields(given) : { secret: given }
  const text = checkedText(secret)
  const hmacKey = createSecretKey(derive(text))
  if (id !== undefined && (typeof id !== 'string' || !/^[a-zA-Z0-9][\w.:-]{0,63}$/.test(id) || id === text))
    invalid('secret.id', 'letters, digits, _ . : and -, at most 64')
  const life = {
    notBefore: time('secret.notBefore', notBefore, Number.NEGATIVE_INFINITY),
    notAfter: time('secret.notAfter', notAfter, Number.POSITIVE_INFINITY),
  }
  if (life.notBefore >= life.notAfter) invalid('secret.notAfter', 'a time after secret.notBefore')
  return { id: id ?? fingerprint(hmacKey), hmacKey, ...life }
}

const isObject = (value: unknown): value is Partial<Record<keyof DatedSecret, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'secret' in value

/** A misspelt end would be no end. */
function checkedFields({ id, secret, notBefore, notAfter, ...others }: Record<string, unknown>) {
  const [other] = Object.keys(others)
  if (other !== undefined) invalid('secret', 'an object with id, secret, notBefore and notAfter alone')
  return { id: id as string | undefined, secret, notBefore, notAfter }
}

function checkedText(secret: unknown): string {
  if (typeof secret !== 'string' || secret === '') {
    throw new KycWebhookError(
      'secret-missing',
      'set `secret` to what the provider shows; is the environment variable set in this process?',
    )
  }
  if (secret !== secret.trim()) {
    throw new KycWebhookError(
      'secret-malformed',
      'it begins or ends with white space; was it read from a file with a trailing newline?',
    )
  }
  return secret
}

/** With an offset: a time of day that every machine reads in a zone of its own is no end of anything. */
function time(option: string, value: unknown, absent: number): number {
  if (value === undefined) return absent
  const ms = typeof value === 'string' && isRfc3339(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms)) invalid(option, "a time of RFC 3339, as '2026-03-31T00:00:00Z'")
  return ms
}

/** Derived one way (RFC 5869), and 32 bits of that: tells keys apart, and tells nothing of them. */
function fingerprint(hmacKey: KeyObject): string {
  const bytes = hkdfSync('sha256', hmacKey, '', 'kyc-webhooks key id', 4)
  return `key-${Buffer.from(bytes).toString('hex')}`
}
