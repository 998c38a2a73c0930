import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { isKycWebhookError, Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import type { KeyRing } from '../key-ring.ts'
import type { SignatureScheme } from '../provider.ts'

/**
 * Is one of the signatures right under a key in force, or under one that the source of secrets has by now? Throws a
 * `Rejection`: `signature-mismatch`, or, when no keys can be had, the fault `secret-unavailable`.
 */
export async function authenticate(
  scheme: SignatureScheme,
  keyRing: KeyRing,
  head: Head,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
): Promise<void> {
  const keys = await orFault(() => keyRing.keys())
  if (isAuthentic(scheme, head, body, signatures, keys)) return
  const newer = await orFault(() => keyRing.newer(keys))
  if (newer !== undefined && isAuthentic(scheme, head, body, signatures, newer)) return
  throw new Rejection('signature-mismatch')
}

/** Is one of the signatures the HMAC of the signed bytes under one of the keys? */
export function isAuthentic(
  scheme: SignatureScheme,
  head: Head,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
  keys: readonly KeyObject[],
): boolean {
  const pieces = scheme.signedContent({ body, header: (name) => signedHeader(head, name) })
  return keys.some((key) => {
    const hmac = createHmac(scheme.algorithm, key)
    for (const piece of pieces) {
      // Header values arrive as Latin-1 text of their bytes. Piece by piece, so that nothing in a body is ever a pattern.
      if (typeof piece === 'string') hmac.update(piece, 'latin1')
      else hmac.update(piece)
    }
    const expected = hmac.digest()
    return signatures.some((signature) => timingSafeEqual(signature, expected))
  })
}

function signedHeader(head: Head, name: string): string {
  const value = head.once(name)
  if (value === undefined) throw new Rejection('signature-mismatch', `the signed header ${name} is missing`)
  return value
}

/** Keys that cannot be had are a fault of ours: 503, so that the provider sends again. */
async function orFault<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw new Rejection('secret-unavailable', isKycWebhookError(error) ? error.message : undefined)
  }
}
