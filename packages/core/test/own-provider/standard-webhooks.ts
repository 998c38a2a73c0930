import {
  type AuthenticDelivery,
  base64Key,
  defineProvider,
  type KycEvent,
  type Normalised,
  type Provider,
  Unusable,
} from '@kyc-webhooks/core'

export type StandardEvent = KycEvent<'standard', string, Record<string, unknown>>

/** A provider that keeps to Standard Webhooks 1.0.0 with symmetric signatures (`v1`). */
export const standardWebhooks: Provider<StandardEvent> = defineProvider<StandardEvent>({
  name: 'standard',
  // "Signature scheme": {msg_id}.{timestamp}.{payload}; the key is what follows `whsec_`, as Base64.
  signature: {
    header: 'webhook-signature',
    algorithm: 'sha256',
    encoding: 'base64',
    key: (secret) => base64Key(secret, 'whsec_'),
    signedContent: ({ header, body }) => [header('webhook-id'), '.', header('webhook-timestamp'), '.', body],
    // A list, because the sender signs with both secrets during a rotation. `v1a` is another algorithm.
    candidates: (value) =>
      value
        .split(' ')
        .filter((signature) => signature.startsWith('v1,'))
        .map((signature) => signature.slice('v1,'.length)),
  },
  timestamp: { header: 'webhook-timestamp', toleranceMs: 300_000, signed: true },
  keepHeaders: ['webhook-id'],
  budgetMs: 10_000,
  rememberMs: 7 * 86_400_000,
  accepted: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' },
  normalise,
})

function normalise(delivery: AuthenticDelivery): Normalised<StandardEvent> {
  // Signed here, unlike most headers. A full stop in it would let the signed bytes be split in another place.
  const id = delivery.header('webhook-id')
  if (id === undefined || id.includes('.')) throw new Unusable('`webhook-id` is missing or has a full stop')
  const body = delivery.json()
  if (!isObject(body) || typeof body.type !== 'string') throw new Unusable('`type` is not a name')
  const { type, timestamp, ...flat } = body
  const data = isObject(body.data) ? body.data : flat
  const happenedAt = new Date(String(timestamp))
  const event: StandardEvent = {
    specversion: '1.0',
    id,
    source: 'https://provider.example',
    type,
    ...(typeof data.id === 'string' ? { subject: data.id } : {}),
    ...(Number.isNaN(happenedAt.getTime()) ? {} : { time: happenedAt.toISOString() }),
    datacontenttype: 'application/json',
    data,
    provider: 'standard',
  }
  return { id, events: [event] }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
