import { createHmac, timingSafeEqual } from 'node:crypto'
import { withinBudget } from '../budget.ts'
import { isKycWebhookError, Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import { isInForce, type Key, lifeOf } from '../key.ts'
import type { KeyRing } from '../key-ring.ts'
import type { SignatureScheme } from '../provider.ts'

/** A source of secrets that takes longer is asked for the next delivery: whatever waits for it takes room, forgeries too. */
const MAX_WAIT_MS = 1_000

/**
 * The key in force that one of the signatures is right under, also when the source of secrets has it only by now. Throws a
 * `Rejection`: `signature-mismatch`; or, as a fault of ours, `secret-unavailable` when no keys can be had, and
 * `secret-not-in-force` when it is right under a key that is out of its life, or all keys are.
 */
export async function authenticate(
  scheme: SignatureScheme,
  keyRing: KeyRing,
  head: Head,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
  now: number,
): Promise<Key> {
  const find = (keys: readonly Key[]) => signingKey(scheme, head, body, signatures, inForceFirst(keys, now))
  const keys = await orFault(() => keyRing.keys())
  let key = find(keys)
  if (key === undefined || !isInForce(key, now)) {
    const newer = await orFault(() => keyRing.newer(keys))
    if (newer !== undefined) key = find(newer)
    if (key === undefined) throw noKey(newer ?? keys, now)
  }
  keyRing.used(key)
  if (isInForce(key, now)) return key
  throw new Rejection('secret-not-in-force', `the delivery is signed with ${lifeOf(key)}`)
}

/** While no key is in force, it cannot be told who is right. */
function noKey(keys: readonly Key[], now: number): Rejection {
  if (keys.some((key) => isInForce(key, now))) return new Rejection('signature-mismatch')
  return new Rejection('secret-not-in-force', `there are only ${keys.map(lifeOf).join(', ')}`)
}

/** One secret may be there twice, with two lives. */
function inForceFirst(keys: readonly Key[], now: number): readonly Key[] {
  if (keys.length === 1) return keys
  return keys.toSorted((one, other) => Number(isInForce(other, now)) - Number(isInForce(one, now)))
}

/** The key, if any, under which one of the signatures is the HMAC of the signed bytes. */
export function signingKey(
  scheme: SignatureScheme,
  head: Head,
  body: Uint8Array,
  signatures: readonly Uint8Array[],
  keys: readonly Key[],
): Key | undefined {
  const pieces = scheme.signedContent({ body, header: (name) => signedHeader(head, name) })
  return keys.find(({ hmacKey }) => {
    const hmac = createHmac(scheme.algorithm, hmacKey)
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
    const given = ask()
    return given instanceof Promise ? await withinBudget(MAX_WAIT_MS, () => given) : given
  } catch (error) {
    throw new Rejection('secret-unavailable', isKycWebhookError(error) ? error.message : undefined)
  }
}
