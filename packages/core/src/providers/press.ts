import { defineProvider } from '../define-provider.ts'
import { oneOf } from '../option-checks.ts'
import type { Provider } from '../provider.ts'
import { base64Key, textKey, unprefixedKey } from '../secret-key.ts'
import type { PressEvent } from './press-events.ts'
import { normalisePress } from './press-normalise.ts'

export interface PressOptions {
  /**
   * What of the secret is the HMAC key: the whole string, what follows `whsec_`, or that decoded as Base64. The
   * signature page reads literally as `whole` and no page says otherwise.
   * @default 'whole'
   */
  secretForm?: 'whole' | 'unprefixed' | 'unprefixed-base64' | undefined
}

const PREFIX = 'whsec_'

/** PRESS, the Proactive Record Status Service of UAE KYC (ICP). */
export function press({ secretForm = 'whole' }: PressOptions = {}): Provider<PressEvent> {
  const keysOf = {
    whole: (secret: string) => textKey(secret, PREFIX),
    unprefixed: (secret: string) => unprefixedKey(secret, PREFIX),
    'unprefixed-base64': (secret: string) => base64Key(secret, PREFIX),
  }
  oneOf('secretForm', secretForm, ['whole', 'unprefixed', 'unprefixed-base64'])
  return defineProvider<PressEvent>({
    name: 'press',
    // "Signature Verification", How the Signature is Computed: timestamp + "." + raw_request_body.
    signature: {
      header: 'x-webhook-signature',
      algorithm: 'sha256',
      encoding: 'hex',
      key: keysOf[secretForm],
      signedContent: ({ header, body }) => [header('x-webhook-timestamp'), '.', body],
      // The payload reference shows `sha256=<hex>`, the signature page bare hex.
      candidates: (value) => [value.startsWith('sha256=') ? value.slice('sha256='.length) : value],
    },
    // "Check replay window": more than 5 minutes from your current time.
    timestamp: { header: 'x-webhook-timestamp', toleranceMs: 300_000, signed: true },
    hints: {
      id: 'x-webhook-id',
      attempt: 'x-webhook-delivery-attempt',
      subscription: 'x-webhook-subscription-id',
    },
    keepHeaders: ['ce-specversion', 'ce-id', 'ce-source', 'ce-type', 'ce-subject', 'ce-time'],
    // "Respond with HTTP 200 within 500 milliseconds", less a margin for the way back.
    budgetMs: 400,
    // "Keep processed X-Webhook-Id values for at least 7 days".
    rememberMs: 7 * 86_400_000,
    accepted: { status: 200, contentType: 'application/json', body: '{"status":"accepted"}' },
    // "Stale Residents" lists `uaekyc_ids`: whose record changed, and of what happened neither id nor type.
    polling: { sharesIds: false },
    normalise: normalisePress,
  })
}
