import { createHmac } from 'node:crypto'
import { COMMON_FLAWS, TIMESTAMP_FLAWS } from '../flaws.ts'
import { textKey } from '../secret.ts'
import { createSimulator, type Simulator } from '../simulator.ts'
import type { SimulatorOptions } from '../simulator-options.ts'

export interface UipSimulatorOptions extends SimulatorOptions {
  /** The webhook secret; used whole. */
  secret: string
  /** `body`: the body is signed. `timestamped`: timestamp and body are signed (session API). @default 'body' */
  scheme?: 'body' | 'timestamped'
}

/**
 * Plays UIP (uip.digital): webhooks page; with the scheme `timestamped`, the session API, whose schedule is not documented
 * and taken to be the same. Only 200 is a success; everything else is sent again: at once, after 5 s, 30 s, 2 min and 10 min.
 * No time limit is documented: ten seconds is assumed.
 */
export function uipSimulator(options: UipSimulatorOptions): Simulator {
  const { scheme = 'body' } = options
  const key = textKey(options.secret)
  const timestamped = scheme === 'timestamped'
  return createSimulator(
    {
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
    },
    options,
  )
}
