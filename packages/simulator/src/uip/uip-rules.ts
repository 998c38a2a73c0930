import { createHmac } from 'node:crypto'
import { COMMON_FLAWS, TIMESTAMP_FLAWS } from '../flaws.ts'
import type { ProviderRules } from '../rules.ts'
import { textKey } from '../secret.ts'

/** How UIP signs. */
export interface UipSigning {
  /** The webhook secret; used whole. */
  secret: string
  /** `body`: the body is signed. `timestamped`: timestamp and body are signed (session API). @default 'body' */
  scheme?: 'body' | 'timestamped'
}

/** Webhooks page; session API. */
export function uipRules({ secret, scheme = 'body' }: UipSigning): ProviderRules {
  const key = textKey(secret)
  const timestamped = scheme === 'timestamped'
  return {
    provider: 'uip',
    retrySchedule: [0, 5_000, 30_000, 120_000, 600_000],
    timeLimitMs: 10_000,
    minTls: 'TLSv1.2',
    headers: {
      signature: 'X-UIP-Signature',
      ...(timestamped && { timestamp: 'X-UIP-Timestamp' }),
    },
    flaws: [...COMMON_FLAWS, ...(timestamped ? TIMESTAMP_FLAWS : [])],
    verdict: (status) => (status === 200 ? 'accepted' : 'failed'),
    signature: (body, timestamp) => {
      const hmac = createHmac('sha256', key)
      if (timestamped) hmac.update(`${timestamp}.`)
      return hmac.update(body).digest('hex')
    },
    unsigned: () => ({}),
  }
}
