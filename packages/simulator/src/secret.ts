/** The key that is the secret string itself, as UTF-8. Throws a `TypeError` when it is empty. */
export function textKey(secret: string): Buffer {
  if (secret === '') throw new TypeError('The secret is empty')
  return Buffer.from(secret)
}

/** The key that a secret encodes. Throws a `TypeError` unless it is standard, padded Base64. */
export function base64Key(secret: string): Buffer {
  const key = Buffer.from(secret, 'base64')
  // Buffer.from skips what it does not know; only exact Base64 comes back as it went in.
  if (secret === '' || key.toString('base64') !== secret) {
    throw new TypeError('The secret is not standard Base64, which its key is decoded from')
  }
  return key
}
