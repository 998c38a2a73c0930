import { decodeJson } from '../json.ts'
import { Unusable } from '../provider.ts'
import { CORE_ATTRIBUTES, readAttributes } from './attributes.ts'
import type {
  CloudEvent,
  CloudEventDelivery,
  CloudEventOptions,
  CloudEventProfile,
  LenientCloudEvent,
  StrictOptions,
} from './cloud-event.ts'
import { decodeData } from './data.ts'
import { decodeHeaderValue } from './header-value.ts'

/**
 * Reads an event whose attributes are `ce-` headers and whose data is the body (CloudEvents HTTP binding section 3.1).
 * All attributes are strings here. An empty body is no data.
 * @throws {Unusable} naming what is wrong, never a value.
 */
export function parseBinary(delivery: CloudEventDelivery, options?: StrictOptions): CloudEvent
export function parseBinary(delivery: CloudEventDelivery, options: CloudEventOptions): LenientCloudEvent
export function parseBinary(
  delivery: CloudEventDelivery,
  { profile = 'strict' }: CloudEventOptions = {},
): LenientCloudEvent {
  const event = readAttributes(attributesOf(delivery, profile), profile)
  const { body, json = () => decodeJson(body) } = delivery
  if (body.length > 0) event.data = decodeData(body, event.datacontenttype, profile, json)
  return event
}

const coreHeaders = CORE_ATTRIBUTES.map((name) => `ce-${name}`)
// `Content-Type` and the body stand for them (sections 3.1.1 and 3.1.2).
const FORBIDDEN: ReadonlySet<string> = new Set(['datacontenttype', 'data', 'data_base64'])

function* attributesOf(
  delivery: CloudEventDelivery,
  profile: CloudEventProfile,
): Generator<[name: string, value: unknown]> {
  for (const header of delivery.headerNames ?? coreHeaders) {
    const [, name] = /^ce-(.*)$/.exec(header.toLowerCase()) ?? []
    if (name === undefined) continue
    const sent = delivery.header(`ce-${name}`)
    if (sent === undefined) continue
    if (!FORBIDDEN.has(name)) yield [name, decode(name, sent, profile)]
    else if (profile === 'strict') throw new Unusable(`ce-${name} is not allowed`)
  }
  yield ['datacontenttype', delivery.header('content-type') ?? null]
}

function decode(name: string, sent: string, profile: CloudEventProfile): string {
  const value = decodeHeaderValue(sent)
  if (value !== undefined) return value
  // Taken as it stands by the lenient profile.
  if (profile === 'lenient') return sent
  const subject = CORE_ATTRIBUTES.includes(name) ? `ce-${name}` : 'the header of an extension attribute'
  throw new Unusable(`${subject} is not percent-encoded UTF-8`)
}
