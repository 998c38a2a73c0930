import type { Head } from '../head.ts'
import { decodeJson } from '../json.ts'
import { type AuthenticDelivery, type Normalised, type Provider, Unusable } from '../provider.ts'

/** What picks the headers that stay with a delivery: the content type and those that the provider reads. */
export function keptHeaders(provider: Provider): (head: Head) => Record<string, string> {
  const hints = provider.hints ?? {}
  const names = [
    'content-type',
    ...Object.values(hints),
    ...(provider.timestamp ? [provider.timestamp.header] : []),
    ...(provider.keepHeaders ?? []),
  ]
  return (head) => {
    const kept: [string, string][] = []
    for (const name of names) {
      const value = head.hint(name)
      if (value !== undefined) kept.push([name, value])
    }
    return Object.fromEntries(kept)
  }
}

/** An authentic delivery as `normalise` sees it; made of what the inbox keeps, so that a quarantined one can be made again. */
export function authenticDelivery(
  provider: Provider,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): AuthenticDelivery {
  const { timestamp } = provider
  const value = timestamp && headers[timestamp.header]
  const sent = value === undefined ? undefined : (timestamp?.seconds?.(value) ?? value)
  return {
    body,
    json: () => decodeJson(body),
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    sentAt: sent === undefined ? undefined : new Date(Number(sent) * 1_000).toISOString(),
  }
}

/** Each waits for a commit of its own right: more would be turned away for want of room, each time they came. */
const MAX_PARTS = 1_000
/** All events of a part are recorded in one commit: with more, that takes longer than a commit may, each time they came. */
const MAX_EVENTS = 50_000

/** Turns an authentic delivery into its parts, or says why it cannot become events. */
export function parse(provider: Provider, delivery: AuthenticDelivery): readonly Normalised[] | Unusable {
  try {
    const normalised = provider.normalise(delivery)
    const parts = isParts(normalised) ? normalised : [normalised]
    if (parts.length === 0) throw new Unusable('there is nothing in it')
    if (parts.length > MAX_PARTS) throw new Unusable(`a batch of more than ${MAX_PARTS}`)
    if (parts.some(({ events }) => events.length > MAX_EVENTS))
      throw new Unusable(`more than ${MAX_EVENTS} events`)
    for (const part of parts) checkPart(provider, part)
    return parts
  } catch (error) {
    if (error instanceof Unusable) return error
    throw error
  }
}

const isParts = (value: Normalised | readonly Normalised[]): value is readonly Normalised[] =>
  Array.isArray(value)

/** What leaves here has what CloudEvents 1.0 requires, whoever wrote the provider. */
function checkPart(provider: Provider, part: Normalised): void {
  if (part.id === '') throw new Unusable('the delivery id is empty')
  for (const event of part.events) {
    for (const attribute of ['id', 'source', 'type'] as const) {
      if (typeof event[attribute] !== 'string' || event[attribute] === '')
        throw new Unusable(`an event has no ${attribute}`)
    }
    if (event.provider !== provider.name)
      throw new Error(`normalise of ${provider.name} gave an event of another provider`)
  }
}
