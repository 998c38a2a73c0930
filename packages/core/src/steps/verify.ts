import { Rejection } from '../errors.ts'
import type { Head } from '../head.ts'
import type { Key } from '../key.ts'
import type { KeyRing } from '../key-ring.ts'
import type { SignatureScheme } from '../provider.ts'
import type { Place } from '../unverified.ts'
import type { UnverifiedKeeper } from '../unverified-keeper.ts'
import { authenticate } from './authenticate.ts'
import type { Credentials } from './credentials.ts'

/** A delivery as it came, none of it believed yet. */
export interface SentParts {
  head: Head
  credentials: Credentials
  body: Uint8Array
  /** Given back as soon as the delivery is verified or not. */
  place: Place
}

/** As `authenticate`. What no secret matches may be kept, to be verified again when the secret was the one that was wrong. */
export async function verify(
  scheme: SignatureScheme,
  keyRing: KeyRing,
  { head, body, credentials, place }: SentParts,
  receivedAt: number,
  keeper: UnverifiedKeeper | undefined,
): Promise<Key> {
  try {
    return await authenticate(scheme, keyRing, head, body, credentials.signatures, receivedAt)
  } catch (error) {
    if (error instanceof Rejection && error.code === 'signature-mismatch')
      keeper?.offer({ head, body, receivedAt })
    throw error
  } finally {
    place.leave()
  }
}
