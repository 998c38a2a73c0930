import { Unusable } from '../provider.ts'
import { readAttributes } from './attributes.ts'
import type {
  CloudEvent,
  CloudEventOptions,
  CloudEventProfile,
  LenientCloudEvent,
  StrictOptions,
} from './cloud-event.ts'
import { decodeData } from './data.ts'
import { isJson, parseMediaType } from './media-type.ts'

/**
 * Reads an event from its JSON object, such as `decodeJson` gives it (CloudEvents JSON format section 3).
 * What `JSON` itself cannot show goes unnoticed: a repeated attribute, of which the last counts, and an integer
 * beyond 2^53 - 1, which `decodeJson` gives as a string.
 * @throws {Unusable} naming what is wrong, never a value.
 */
export function parseStructured(value: unknown, options?: StrictOptions): CloudEvent
export function parseStructured(value: unknown, options: CloudEventOptions): LenientCloudEvent
export function parseStructured(value: unknown, options: CloudEventOptions = {}): LenientCloudEvent {
  const { profile = 'strict' } = options
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Unusable('the event is not a JSON object')
  }
  const members = new Map<string, unknown>(Object.entries(value))
  const attributes = [...members].filter(([name]) => name !== 'data' && name !== 'data_base64')
  const event = readAttributes(attributes, profile)
  // The schema of the specification lets `data_base64` be null for "none"; a `data` of null is data.
  const base64 = members.get('data_base64') ?? undefined
  if (members.has('data')) {
    if (base64 !== undefined) throw new Unusable('data and data_base64 are both present')
    event.data = checkData(members.get('data'), event.datacontenttype, profile)
  } else if (base64 !== undefined) {
    event.data = decodeData(decodeBase64(base64), event.datacontenttype, profile)
  }
  return event
}

/**
 * Reads a batch, all of it or nothing (CloudEvents JSON format section 4). It may be empty.
 * @throws {Unusable}
 */
export function parseBatch(value: unknown, options?: StrictOptions): CloudEvent[]
export function parseBatch(value: unknown, options: CloudEventOptions): LenientCloudEvent[]
export function parseBatch(value: unknown, options: CloudEventOptions = {}): LenientCloudEvent[] {
  if (!Array.isArray(value)) throw new Unusable('the batch is not a JSON array')
  return value.map((event) => parseStructured(event, options))
}

function checkData(data: unknown, datacontenttype: string | undefined, profile: CloudEventProfile): unknown {
  const declaresJson = datacontenttype === undefined || isJson(parseMediaType(datacontenttype))
  if (profile === 'strict' && !declaresJson && typeof data !== 'string') {
    throw new Unusable('data is not a string, although datacontenttype is not JSON')
  }
  return data
}

function decodeBase64(value: unknown): Uint8Array {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64')
  // Node.js skips what is not Base64; encoding again tells (RFC 4648 section 4, padding included).
  if (bytes.toString('base64') !== value) throw new Unusable('data_base64 is not Base64')
  return new Uint8Array(bytes)
}
