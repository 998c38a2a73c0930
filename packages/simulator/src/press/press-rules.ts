import { createHmac } from 'node:crypto'
import { COMMON_FLAWS, TIMESTAMP_FLAWS } from '../flaws.ts'
import type { ProviderRules, Verdict } from '../rules.ts'
import { base64Key, textKey } from '../secret.ts'

/** How PRESS signs, as far as its pages leave it open. */
export interface PressSigning {
  /** The signing secret, as PRESS shows it: `whsec_...`. */
  secret: string
  /**
   * What of the secret is the HMAC key: the whole string, as in the page's sample code, or what follows `whsec_`, or that
   * decoded as Base64.
   * @default 'whole'
   */
  secretForm?: 'whole' | 'unprefixed' | 'unprefixed-base64'
  /** `hex` is what the signature page computes, `sha256=hex` what the payload reference shows. @default 'hex' */
  signatureForm?: 'hex' | 'sha256=hex'
  /** Goes into `X-Webhook-Subscription-Id`. @default 'sub_a1b2c3d4e5' */
  subscriptionId?: string
}

const MINUTE = 60_000

/** Signature verification and network flow pages. `retryUnlisted`: see `PressSimulatorOptions`. */
export function pressRules(signing: PressSigning, retryUnlisted: boolean): ProviderRules {
  const { signatureForm = 'hex', subscriptionId = 'sub_a1b2c3d4e5' } = signing
  const key = keyOf(signing)
  const prefix = signatureForm === 'sha256=hex' ? 'sha256=' : ''
  return {
    provider: 'press',
    retrySchedule: [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 360 * MINUTE],
    timeLimitMs: 500,
    minTls: 'TLSv1.3',
    headers: { signature: 'X-Webhook-Signature', timestamp: 'X-Webhook-Timestamp' },
    flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS],
    verdict: (status) => verdict(status, retryUnlisted),
    signature: (body, timestamp) =>
      prefix + createHmac('sha256', key).update(`${timestamp}.`).update(body).digest('hex'),
    unsigned: ({ id }, attempt) => ({
      ...(id !== undefined && { 'X-Webhook-Id': id }),
      'X-Webhook-Subscription-Id': subscriptionId,
      'X-Webhook-Delivery-Attempt': String(attempt),
    }),
  }
}

function keyOf({ secret, secretForm = 'whole' }: PressSigning): Buffer {
  if (secretForm === 'whole') return textKey(secret)
  if (!secret.startsWith('whsec_')) throw new TypeError('The secret has no prefix whsec_ to strip')
  const bare = secret.slice('whsec_'.length)
  return secretForm === 'unprefixed' ? textKey(bare) : base64Key(bare)
}

function verdict(status: number, retryUnlisted: boolean): Verdict {
  if (status >= 200 && status <= 299) return 'accepted'
  if (status >= 500) return 'failed'
  if ([400, 401, 403].includes(status)) return 'refused'
  return retryUnlisted ? 'failed' : 'refused'
}
