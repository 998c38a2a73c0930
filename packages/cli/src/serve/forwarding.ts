import { createHash } from 'node:crypto'
import { type AuthenticDelivery, defineProvider, type KycEvent, type Provider } from '@kyc-webhooks/core'

/** A delivery as it came, to be sent on. */
export interface Forwardable {
  /** Those that the provider sends; lower-case names. */
  headers: Record<string, string>
  /** The exact bytes, in Base64. */
  body: string
}

/**
 * The provider, with one event for each delivery that holds all of it. So the inbox keeps what is to be forwarded as durably
 * as any event, and the retries of handlers are those of forwarding.
 */
export function forwarding(provider: Provider<KycEvent>): Provider<KycEvent> {
  const { signature, timestamp, nonce, hints = {}, keepHeaders = [] } = provider
  const names = [
    'content-type',
    signature.header,
    ...(timestamp ? [timestamp.header] : []),
    ...(nonce ? [nonce.header] : []),
    ...Object.values(hints),
    ...keepHeaders,
  ]
  return defineProvider<KycEvent>({
    ...provider,
    keepHeaders: names,
    // What cannot become events is quarantined here, as anywhere.
    normalise: (delivery) => {
      const parts = [provider.normalise(delivery)].flat()
      const digest = createHash('sha256').update(delivery.body).digest('hex')
      // A batch goes on whole: what it is known by is all of it.
      const id = parts.length === 1 ? parts[0]?.id : digest
      const event: KycEvent = {
        specversion: '1.0',
        id: id ?? digest,
        source: 'urn:kyc-webhooks:forward',
        type: parts[0]?.events[0]?.type ?? 'delivery',
        datacontenttype: 'application/json',
        data: forwardable(delivery, names),
        provider: provider.name,
      }
      return { id, events: [event] }
    },
  })
}

function forwardable({ body, header }: AuthenticDelivery, names: readonly string[]): Forwardable {
  const sent = names.flatMap((name) => {
    const value = header(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { headers: Object.fromEntries(sent), body: Buffer.from(body).toString('base64') }
}

/** Sends a delivery on. Rejects unless the reply is a 2xx, with a code that says what it was; redirects are not followed. */
export async function forward(
  url: URL,
  { headers, body }: Forwardable,
  signal: AbortSignal,
): Promise<number> {
  const bytes = Buffer.from(body, 'base64')
  const reply = await fetch(url, { method: 'POST', headers, body: bytes, redirect: 'manual', signal })
  await reply.body?.cancel()
  if (!reply.ok) throw Object.assign(new Error('not accepted'), { code: `HTTP_${reply.status}` })
  return reply.status
}
