import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from '../vectors/documented.ts'
import { type Content, type Delivery, SECRETS, signedAdvanceAi, signedPress, signedUip } from './signed.ts'

/** A provider, and how it sends. */
export interface Sender {
  name: keyof typeof SECRETS
  provider: Provider
  /** A documented body. */
  content: Content
  sign: (content: Content, options?: { secret?: string; headers?: Delivery['headers'] }) => Delivery
  /** Name of the signature's header, as the provider writes it. */
  signature: string
  encoding: 'hex' | 'base64'
  /** The HMAC key of the secret. */
  key: Buffer
}

export const senders: readonly Sender[] = [
  {
    name: 'press',
    provider: press(),
    content: pressEnvelope,
    sign: signedPress,
    signature: 'X-Webhook-Signature',
    encoding: 'hex',
    key: Buffer.from(SECRETS.press),
  },
  {
    name: 'uip',
    provider: uip(),
    content: uipIdentify,
    sign: signedUip,
    signature: 'X-UIP-Signature',
    encoding: 'hex',
    key: Buffer.from(SECRETS.uip),
  },
  {
    name: 'advance-ai',
    provider: advanceAi(),
    content: aaiCompleted,
    sign: signedAdvanceAi,
    signature: 'aai-signature',
    encoding: 'base64',
    key: Buffer.from(SECRETS['advance-ai'], 'base64'),
  },
]
