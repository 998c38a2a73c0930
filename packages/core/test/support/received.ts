import type { Normalised } from '../../src/provider.ts'
import { press } from '../../src/providers/press.ts'
import type { Received } from '../../src/steps/identify.ts'
import { NOW } from './signed.ts'

/** A delivery that was authenticated and parsed, to be identified. */
export const received: Received = {
  receiver: 'press',
  provider: press(),
  body: Buffer.from('{"a":1}'),
  headers: {},
  receivedAt: NOW,
  credentials: { signatures: [], timestamp: NOW / 1_000, nonce: undefined },
  toleranceMs: 300_000,
  rememberMs: 7 * 86_400_000,
}

/** What it came to. */
export const part: Normalised = {
  id: 'd-1',
  events: [
    {
      specversion: '1.0',
      id: 'e-1',
      source: '/here',
      type: 'happened',
      datacontenttype: 'application/json',
      data: {},
      provider: 'press',
    },
  ],
}
