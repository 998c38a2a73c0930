import { createHash } from 'node:crypto'
import { defineProvider } from '../define-provider.ts'
import { oneOf } from '../option-checks.ts'
import { type AuthenticDelivery, type Normalised, type Provider, Unusable } from '../provider.ts'
import { textKey } from '../secret-key.ts'
import { isObject, textOf } from './fields.ts'
import type { UipEvent } from './uip-events.ts'

export interface UipOptions {
  /**
   * `body`: the signature covers the raw body (the webhooks page). `timestamped`: it covers timestamp, dot and raw body
   * (the session API). Never guessed from the headers that happen to be there: whoever sends them could choose.
   * @default 'body'
   */
  scheme?: 'body' | 'timestamped' | undefined
}

const PREFIX = 'uip_whsec_'

/** UIP (uip.digital). */
export function uip({ scheme = 'body' }: UipOptions = {}): Provider<UipEvent> {
  oneOf('scheme', scheme, ['body', 'timestamped'])
  const timestamped = scheme === 'timestamped'
  return defineProvider<UipEvent>({
    name: 'uip',
    signature: {
      header: 'x-uip-signature',
      algorithm: 'sha256',
      encoding: 'hex',
      key: (secret) => textKey(secret, PREFIX),
      // "Calculate HMAC SHA-256 hash of the raw request body using your webhook secret". The page's sample hashes
      // JSON.stringify(req.body) instead, which is the same only while UIP sends what JSON.stringify would write.
      signedContent: ({ header, body }) => (timestamped ? [header('x-uip-timestamp'), '.', body] : [body]),
    },
    ...(timestamped
      ? {
          timestamp: { header: 'x-uip-timestamp', toleranceMs: 300_000, signed: true },
          hints: { id: 'x-uip-delivery-id', type: 'x-uip-event' },
        }
      : {}),
    // No time limit is documented; an answer this late has been given up on by most senders.
    budgetMs: 5_000,
    // Nothing dates a delivery, so only the remembered id stops a captured one.
    rememberMs: 90 * 86_400_000,
    // "Error Handling": anything but exactly 200 is retried.
    accepted: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' },
    normalise: normaliseUip,
  })
}

function normaliseUip(delivery: AuthenticDelivery): Normalised<UipEvent> {
  const body = delivery.json()
  if (!isObject(body)) throw new Unusable('the body is not a JSON object')
  const { event: type, ...flat } = body
  if (typeof type !== 'string' || type === '') throw new Unusable('`event` is not a name')
  // The webhooks page nests `data`; the session API's fields are read from beside `event` when there is none.
  const data = isObject(body.data) ? body.data : flat
  const id = deliveryId(type, data, delivery.body)
  const event = {
    specversion: '1.0',
    id: id ?? `${type}:${digest(delivery.body)}`,
    source: 'https://uip.digital',
    type,
    ...subjectOf(data),
    ...(delivery.sentAt === undefined ? {} : { time: delivery.sentAt }),
    datacontenttype: 'application/json',
    data,
    provider: 'uip',
  }
  return { id, events: [event as UipEvent] }
}

/**
 * "Handle Idempotency": audit_id or session_id detect duplicates. With the event's name, since one audit can bring several.
 * What comes of a session is named as its unsigned `X-UIP-Delivery-Id` names it, so that a difference says something.
 */
function deliveryId(type: string, data: Record<string, unknown>, body: Uint8Array): string | undefined {
  if (type === 'test') return undefined
  const session = textOf(data.session_id)
  const stage = textOf(data.stage)
  if (type === 'step.completed' && session !== undefined && stage !== undefined)
    return `${session}:${type}:${stage}`
  if (type.startsWith('session.') && session !== undefined) return `${session}:${type}`
  const id = textOf(data.audit_id) ?? textOf(data.message_id) ?? session
  return `${type}:${id ?? digest(body)}`
}

function subjectOf(data: Record<string, unknown>): { subject?: string } {
  const subject = textOf(data.uip_id) ?? textOf(data.signing_uip_id) ?? textOf(data.session_id)
  return subject === undefined ? {} : { subject }
}

const digest = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex').slice(0, 32)
