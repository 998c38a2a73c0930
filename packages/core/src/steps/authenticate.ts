import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import type { SignatureScheme } from '../provider.ts'

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
    // Header values arrive as Latin-1 text of their bytes; pieces are fed one by one, so nothing in a body is ever a pattern.
    for (const piece of pieces) typeof piece === 'string' ? hmac.update(piece, 'latin1') : hmac.update(piece)
    const expected = hmac.digest()
    return signatures.some((signature) => timingSafeEqual(signature, expected))
  })
}

function signedHeader(head: Head, name: string): string {
  const value = head.once(name)
  if (value === undefined) throw new Rejection('signature-mismatch', `the signed header ${name} is missing`)
  return value
}
