import type { QuarantineRecord, Receipt } from './inbox/port.ts'
import type { Provider } from './provider.ts'
import type { Settings } from './settings.ts'
import { identify } from './steps/identify.ts'
import { authenticDelivery, parse } from './steps/parse.ts'

/** What a quarantined delivery comes to now; its age no longer counts, since somebody decided to try it again. */
export function redriven(
  provider: Provider,
  { name: receiver, toleranceMs, rememberMs, now }: Settings,
  { body, headers, firstAt: receivedAt, context: { verifiedBy, ageMs, verdict } }: QuarantineRecord,
): Receipt[] {
  const parts = parse(provider, authenticDelivery(provider, body, headers))
  const credentials = undefined
  const received = { receiver, provider, body, headers, receivedAt, credentials, toleranceMs, rememberMs }
  // Remembered from now on: from its arrival, it might be forgotten already.
  const keyExpiresAt = now() + rememberMs
  return identify(received, 'fresh', parts).map((receipt) => ({
    ...receipt,
    keyExpiresAt,
    // As it came: a redrive verifies nothing.
    context: {
      ...receipt.context,
      ...(verifiedBy === undefined
        ? {}
        : { verifiedBy, ...(ageMs === undefined ? {} : { ageMs }), verdict: verdict ?? 'accepted' }),
    },
  }))
}
