import { KycWebhookError } from './errors.ts'

/** HMAC keys below 128 bits can be guessed; no provider issues shorter ones. */
const MIN_KEY_BYTES = 16

/** Strict Base64 (RFC 4648 section 4): `Buffer.from` would drop what it does not know and give a shorter key. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The key is the secret string itself, in UTF-8, prefix included. `prefix` only serves to refuse a secret that is nothing else. */
export function textKey(secret: string, prefix = ''): Uint8Array {
  checkLength(Buffer.byteLength(stripPrefix(secret, prefix)))
  return Buffer.from(secret, 'utf8')
}

/** The key is what follows the prefix, in UTF-8. */
export function unprefixedKey(secret: string, prefix: string): Uint8Array {
  const key = Buffer.from(stripPrefix(secret, prefix), 'utf8')
  checkLength(key.byteLength)
  return key
}

/** The key is what follows the prefix, decoded as strict Base64. */
export function base64Key(secret: string, prefix = ''): Uint8Array {
  const text = stripPrefix(secret, prefix)
  if (!BASE64.test(text)) {
    throw new KycWebhookError(
      'secret-malformed',
      'it must be Base64 with padding; copy it whole from where the provider shows it',
    )
  }
  const key = Buffer.from(text, 'base64')
  checkLength(key.byteLength)
  return key
}

function stripPrefix(secret: string, prefix: string): string {
  const rest = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  if (rest === '') throw new KycWebhookError('secret-malformed', `it is nothing but the prefix ${prefix}`)
  return rest
}

function checkLength(bytes: number): void {
  if (bytes < MIN_KEY_BYTES) {
    throw new KycWebhookError(
      'secret-too-short',
      `${bytes} bytes, and at least ${MIN_KEY_BYTES} are needed; is it a placeholder?`,
    )
  }
}
