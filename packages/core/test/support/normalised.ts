import type { KycEvent } from '../../src/event.ts'
import { type Normalised, type Provider, Unusable } from '../../src/provider.ts'
import { authenticDelivery, parse } from '../../src/steps/parse.ts'
import { bytesOf, type Content } from './signed.ts'

/** What a provider makes of an authentic body, and what the headers kept with it add. Header names in lower case. */
export function partsOf<E extends KycEvent>(
  provider: Provider<E>,
  content: Content,
  headers: Readonly<Record<string, string>> = {},
): readonly Normalised<E>[] {
  const parts = parse(provider, authenticDelivery(provider, bytesOf(content), headers))
  if (parts instanceof Unusable) throw new Error(`unusable: ${parts.reason}`)
  return parts as readonly Normalised<E>[]
}

/** The events of all parts. */
export function eventsOf<E extends KycEvent>(...given: Parameters<typeof partsOf<E>>): E[] {
  return partsOf(...given).flatMap((part) => part.events)
}

/** Why a provider can make nothing of an authentic body. Fails the test when it can. */
export function unusable(
  provider: Provider,
  content: Content,
  headers: Readonly<Record<string, string>> = {},
): Unusable {
  const parts = parse(provider, authenticDelivery(provider, bytesOf(content), headers))
  if (parts instanceof Unusable) return parts
  throw new Error('was usable')
}
