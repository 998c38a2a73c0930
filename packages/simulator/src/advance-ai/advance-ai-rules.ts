import { createHmac } from 'node:crypto'
import { COMMON_FLAWS, NONCE_FLAWS, TIMESTAMP_FLAWS } from '../flaws.ts'
import type { ProviderRules } from '../rules.ts'
import { base64Key } from '../secret.ts'

/** How ADVANCE.AI signs. */
export interface AdvanceAiSigning {
  /** The secret key as the console shows it: Base64. The HMAC key is what it decodes to. */
  secret: string
  /** As configured for the webhook in the console. @default 'sha256' */
  algorithm?: 'sha256' | 'sha512'
}

/** Webhook page. */
export function advanceAiRules({ secret, algorithm = 'sha256' }: AdvanceAiSigning): ProviderRules {
  const key = base64Key(secret)
  return {
    provider: 'advance-ai',
    retrySchedule: [5_000, 10_000, 20_000],
    timeLimitMs: 60_000,
    minTls: 'TLSv1.2',
    headers: { signature: 'aai-signature', timestamp: 'aai-timestamp', nonce: 'aai-nonce' },
    flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS, ...NONCE_FLAWS, 'unsigned'],
    verdict: (status) => (status >= 200 && status <= 299 ? 'accepted' : 'failed'),
    signature: (body) => createHmac(algorithm, key).update(body).digest('base64'),
    unsigned: () => ({}),
  }
}
