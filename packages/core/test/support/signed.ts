import { createHmac } from 'node:crypto'

/** The time at which the tests take place, in milliseconds since the epoch, and as a provider writes it. */
export const NOW: number = Date.parse('2026-03-30T12:45:00Z')
export const TIMESTAMP: string = unixSeconds(NOW)

/** Secrets of the form that each provider shows. */
export const SECRETS = {
  press: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  uip: 'uip_whsec_4f9d2c7a1b6e8053',
  'advance-ai': 'c2hhcmVkIHNlY3JldCBmcm9tIHRoZSBBQ01QIGNvbnNvbGU=',
} as const

/** A delivery on the wire. A list of values is a header sent several times, `undefined` one that is not sent. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

/** Text and bytes as they stand, anything else as JSON. */
export type Content = string | Uint8Array | object

export const bytesOf = (content: Content): Uint8Array => {
  if (content instanceof Uint8Array) return content
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
}

export function unixSeconds(ms: number): string {
  return String(Math.floor(ms / 1_000))
}

interface Signing {
  secret?: string
  timestamp?: string
  headers?: Delivery['headers']
}

/** As PRESS signs: timestamp, dot and body; the key is the secret as it stands. */
export function signedPress(
  content: Content,
  { secret = SECRETS.press, timestamp = TIMESTAMP, headers = {} }: Signing = {},
): Delivery {
  const body = bytesOf(content)
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
  const own = {
    'Content-Type': 'application/cloudevents+json',
    'X-Webhook-Timestamp': timestamp,
    'X-Webhook-Signature': signature,
  }
  return { headers: { ...own, ...headers }, body }
}

/** As UIP's webhooks page signs: the body alone. */
export function signedUip(
  content: Content,
  { secret = SECRETS.uip, headers = {} }: Omit<Signing, 'timestamp'> = {},
): Delivery {
  const body = bytesOf(content)
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { headers: { 'Content-Type': 'application/json', 'X-UIP-Signature': signature, ...headers }, body }
}

/** As UIP's session API signs: timestamp, dot and body. */
export function signedUipSession(
  content: Content,
  { secret = SECRETS.uip, timestamp = TIMESTAMP, headers = {} }: Signing = {},
): Delivery {
  const body = bytesOf(content)
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
  const own = {
    'Content-Type': 'application/json',
    'X-UIP-Timestamp': timestamp,
    'X-UIP-Signature': signature,
  }
  return { headers: { ...own, ...headers }, body }
}

let nonces = 0

/** As ADVANCE.AI signs: the body alone, in Base64, with the decoded secret. Timestamp and nonce stand beside it. */
export function signedAdvanceAi(
  content: Content,
  {
    secret = SECRETS['advance-ai'],
    timestamp = TIMESTAMP,
    nonce = `nonce-${nonces++}`,
    algorithm = 'sha256',
    headers = {},
  }: Signing & { nonce?: string; algorithm?: 'sha256' | 'sha512' } = {},
): Delivery {
  const body = bytesOf(content)
  const signature = createHmac(algorithm, Buffer.from(secret, 'base64')).update(body).digest('base64')
  const own = {
    'Content-Type': 'application/json',
    'aai-timestamp': timestamp,
    'aai-nonce': nonce,
    'aai-signature': signature,
  }
  return { headers: { ...own, ...headers }, body }
}

/** The same delivery with some headers changed, repeated or left out. */
export function withHeaders(delivery: Delivery, headers: Delivery['headers']): Delivery {
  return { ...delivery, headers: { ...delivery.headers, ...headers } }
}
