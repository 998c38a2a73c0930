import type { CloudEventDelivery } from '../src/cloud-events/index.ts'

/** A delivery of these headers, which are in lower case; an `undefined` one was not sent. */
export function deliveryOf(
  headers: Readonly<Record<string, string | undefined>>,
  body: string | Uint8Array = '',
): CloudEventDelivery {
  const all = new Map(Object.entries(headers))
  return { header: (name) => all.get(name), headerNames: [...all.keys()], body: Buffer.from(body) }
}
