import type { Mistake } from './mistake.ts'
import { BODY_MISTAKES } from './mistakes/body.ts'
import { HEADER_MISTAKES } from './mistakes/headers.ts'
import { PROVIDER_MISTAKES } from './mistakes/provider.ts'
import { SECRET_MISTAKES } from './mistakes/secret.ts'
import { SIGNATURE_MISTAKES } from './mistakes/signature.ts'
import { SIGNED_CONTENT_MISTAKES } from './mistakes/signed-content.ts'

/** All known mistakes, by what they are about. Of one group one is made at a time, of two groups two may be. */
export const MISTAKES: readonly (readonly Mistake[])[] = [
  HEADER_MISTAKES,
  PROVIDER_MISTAKES,
  SIGNATURE_MISTAKES,
  SIGNED_CONTENT_MISTAKES,
  SECRET_MISTAKES,
  BODY_MISTAKES,
]
