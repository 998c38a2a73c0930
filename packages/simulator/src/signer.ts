import { randomUUID } from 'node:crypto'
import type { Draft, PreparedDelivery } from './draft.ts'
import type { Flaw } from './flaws.ts'
import { header, type Moment, type PrepareOptions, prepare, type SignOptions, sign } from './prepare.ts'
import type { ProviderRules } from './rules.ts'

/** Signs as one provider does. No HTTP. */
export interface Signer {
  /** The provider played: `press`, `uip`, `advance-ai`. */
  readonly provider: string
  /** What can be wrong with a delivery of this provider. */
  readonly flaws: readonly Flaw[]
  /** The headers that prove a body, and no others. */
  sign(body: string | Uint8Array, options?: SignOptions): Record<string, string>
  /** The delivery as it would be sent. Throws a `TypeError` for a flaw that is not among `flaws`. */
  prepare(draft: Draft, options?: PrepareOptions): PreparedDelivery
}

export interface SignerOptions {
  /** Current time, in milliseconds since the Unix epoch. @default Date.now */
  now?: () => number
  /** Makes the nonces. @default random UUIDs */
  newNonce?: () => string
}

/** A signer that goes by a moment: the time, and the nonce that can be reused. */
export function signerOf(rules: ProviderRules, moment: () => Moment): Signer {
  return {
    provider: rules.provider,
    flaws: rules.flaws,
    sign: (body, options = {}) => sign(rules, body, options, moment()),
    prepare: (draft, options = {}) => prepare(rules, draft, options, moment()),
  }
}

/** A signer alone, which sends nothing: `reused-nonce` reuses that of the delivery prepared last without a flaw. */
export function createSigner(
  rules: ProviderRules,
  { now = Date.now, newNonce = randomUUID }: SignerOptions,
): Signer {
  let usedNonce: string | undefined
  const signer = signerOf(rules, () => ({ now: now(), newNonce, usedNonce }))
  return {
    ...signer,
    prepare(draft, options = {}) {
      const delivery = signer.prepare(draft, options)
      if (options.flaw === undefined) usedNonce = header(delivery, rules.headers.nonce)
      return delivery
    },
  }
}
