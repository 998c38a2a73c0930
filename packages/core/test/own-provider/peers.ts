import { defineProvider, type KycEvent, type Normalised, type Provider, textKey } from '@kyc-webhooks/core'

type PeerEvent = KycEvent<string, string, { text: string }>

/** An event of whatever was signed: what is compared here is what is authentic. */
const normalise =
  (provider: string) =>
  ({ body }: { body: Uint8Array }): Normalised<PeerEvent> => ({
    id: undefined,
    events: [
      {
        ...{ specversion: '1.0', id: '1', source: '/', type: 'signed', datacontenttype: 'application/json' },
        data: { text: Buffer.from(body).toString('base64') },
        provider,
      },
    ],
  })

const rest = {
  budgetMs: 5_000,
  rememberMs: 7 * 86_400_000,
  accepted: { status: 200, contentType: 'text/plain', body: 'OK' },
} as const

/** GitHub: `sha256=` and the HMAC of the body. */
export const github: Provider<PeerEvent> = defineProvider<PeerEvent>({
  name: 'github',
  signature: {
    header: 'x-hub-signature-256',
    algorithm: 'sha256',
    encoding: 'hex',
    key: (secret) => textKey(secret),
    signedContent: ({ body }) => [body],
    candidates: (value) => (value.startsWith('sha256=') ? [value.slice('sha256='.length)] : []),
  },
  ...rest,
  normalise: normalise('github'),
})

const fieldsOf = (value: string, name: string): string[] =>
  value
    .split(',')
    .filter((field) => field.startsWith(`${name}=`))
    .map((field) => field.slice(name.length + 1))

/** Stripe: time and signatures in one header, `t=...,v1=...`, over time, dot and body. */
export const stripe: Provider<PeerEvent> = defineProvider<PeerEvent>({
  name: 'stripe',
  signature: {
    header: 'stripe-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    key: (secret) => textKey(secret, 'whsec_'),
    signedContent: ({ header, body }) => [secondsOf(header('stripe-signature')), '.', body],
    candidates: (value) => fieldsOf(value, 'v1'),
  },
  timestamp: { header: 'stripe-signature', seconds: secondsOf, toleranceMs: 300_000, signed: true },
  ...rest,
  normalise: normalise('stripe'),
})

/** Told once, or not at all: of two, one could be signed and the other looked at. */
function secondsOf(value: string): string {
  const [seconds = '', ...others] = fieldsOf(value, 't')
  return others.length === 0 ? seconds : ''
}
