import { Head } from '../head.ts'
import { ANY_DIGEST } from '../inbox/any-digest.ts'
import type { Receipt } from '../inbox/port.ts'
import { type Normalised, type Provider, Unusable } from '../provider.ts'
import { identify } from '../steps/identify.ts'
import { authenticDelivery, keptHeaders, parse } from '../steps/parse.ts'
import type { PolledResult } from './reconcile-options.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'

/**
 * The receipts that a polled result comes to: those of the delivery that it stands for, with the same keys. `Unusable` for
 * what can become no event, or could become one under another key than its delivery has.
 */
export function receiptsOf(
  provider: Provider,
  settings: ReconcileSettings,
  result: PolledResult,
): Receipt[] | Unusable {
  const body = bodyOf(result, settings.maxBodyBytes)
  if (body instanceof Unusable) return body
  const headers = keptHeaders(provider)(new Head(Object.entries(result.headers ?? {}).flat()))
  const parts = parse(provider, authenticDelivery(provider, body, headers))
  if (parts instanceof Unusable) return parts
  const respaced = parse(provider, authenticDelivery(provider, withWhiteSpace(body), headers))
  for (const [index, part] of parts.entries()) {
    const reason = whyNotSame(provider, part, respaced instanceof Unusable ? undefined : respaced[index])
    if (reason !== undefined) return new Unusable(reason)
  }
  const { name: receiver, rememberMs, now } = settings
  // Neither a timestamp nor a nonce: whoever asked knows when, and that nobody sends it again.
  const received = { receiver, provider, body, headers, receivedAt: now(), credentials: undefined }
  return identify({ ...received, toleranceMs: 0, rememberMs }, 'fresh', parts).map((receipt) => ({
    ...receipt,
    digest: ANY_DIGEST,
    context: { ...receipt.context, polled: true },
  }))
}

/** A user's function gives it, so it may be anything. */
function bodyOf(result: PolledResult | null | undefined, maxBytes: number): Uint8Array | Unusable {
  const body = bytesOf(result?.body)
  if (body === undefined)
    return new Unusable('it is no object with a `body` of bytes, text or JSON', 'body-not-json')
  return body.byteLength > maxBytes ? new Unusable('its body is larger than `maxBodyBytes`') : body
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return Buffer.from(body)
  if (typeof body !== 'object' || body === null) return undefined
  try {
    return Buffer.from(JSON.stringify(body))
  } catch {
    return undefined
  }
}

/** Another writing of the same JSON. */
const withWhiteSpace = (body: Uint8Array): Uint8Array => Buffer.concat([body, Buffer.from('\n')])

/** Why a part may not have the key that its delivery has. */
function whyNotSame(
  { name, polling }: Provider,
  { id, fact = false }: Normalised,
  respaced: Normalised | undefined,
): string | undefined {
  if (id === undefined) return 'it has no delivery id, so each poll would bring it anew'
  if (id !== respaced?.id) return 'its delivery id comes from its bytes, and those of a delivery are others'
  if (polling?.sharesIds === false && !fact)
    return `no result of ${name} has the id of a delivery: see identifiedBy()`
  return undefined
}
