import { createHmac } from 'node:crypto'
import { COMMON_FLAWS, NONCE_FLAWS, TIMESTAMP_FLAWS } from '../flaws.ts'
import { base64Key } from '../secret.ts'
import { createSimulator, type Simulator } from '../simulator.ts'
import type { SimulatorOptions } from '../simulator-options.ts'

export interface AdvanceAiSimulatorOptions extends SimulatorOptions {
  /** The secret key as the console shows it: Base64. The HMAC key is what it decodes to. */
  secret: string
  /** As configured for the webhook in the console. @default 'sha256' */
  algorithm?: 'sha256' | 'sha512'
}

/**
 * Plays ADVANCE.AI (ACMP): webhook page. 60 s to answer, any 2xx is a success, everything else is sent again after 5, 10
 * and 20 s. Timestamp and nonce are outside the signature.
 */
export function advanceAiSimulator(options: AdvanceAiSimulatorOptions): Simulator {
  const { algorithm = 'sha256' } = options
  const key = base64Key(options.secret)
  return createSimulator(
    {
      provider: 'advance-ai',
      retrySchedule: [5_000, 10_000, 20_000],
      timeLimitMs: 60_000,
      minTls: 'TLSv1.2',
      headers: { signature: 'aai-signature', timestamp: 'aai-timestamp', nonce: 'aai-nonce' },
      flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS, ...NONCE_FLAWS, 'unsigned'],
      verdict: (status) => (status >= 200 && status <= 299 ? 'accepted' : 'failed'),
      signature: (body) => createHmac(algorithm, key).update(body).digest('base64'),
      unsigned: () => ({}),
    },
    options,
  )
}
