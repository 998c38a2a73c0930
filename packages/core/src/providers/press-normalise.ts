import { createHash } from 'node:crypto'
import { CORE_ATTRIBUTES, isLegalExtension } from '../cloud-events/attributes.ts'
import { type LenientCloudEvent, parseBinary, parseStructured } from '../cloud-events/index.ts'
import { isRfc3339 } from '../cloud-events/rfc3339.ts'
import { isUriReference } from '../cloud-events/uri.ts'
import { type AuthenticDelivery, type Normalised, Unusable } from '../provider.ts'
import { isObject, textOf, withTextIds } from './fields.ts'
import type { PressEvent, PressRecord } from './press-events.ts'

/** Where PRESS says its events come from, for a body that does not say. */
const DEFAULT_SOURCE = 'icp/press-event-pipeline'

/**
 * The payload reference shows an envelope of groups and records that is no valid CloudEvent; the endpoint requirements say
 * `application/cloudevents+json`. Both are read, and the signed body tells them apart, not the unsigned `Content-Type`.
 * What a CloudEvents validator would refuse (`total_records`, `uaekyc_id` as an attribute) is accepted: PRESS never sends
 * again what was answered 400.
 */
export function normalisePress(
  delivery: AuthenticDelivery,
): Normalised<PressEvent> | Normalised<PressEvent>[] {
  const body = delivery.json()
  if (Array.isArray(body))
    return body.map((element) => ({ ...fromCloudEvent(element), content: JSON.stringify(element) }))
  if (!isObject(body)) throw new Unusable('the body is not a JSON object')
  if (Array.isArray(body.data)) return fromEnvelope(body, body.data)
  if (textOf(body.id) !== undefined && body.type !== undefined) return fromCloudEvent(body)
  if (delivery.header('ce-id') !== undefined) return fromBinary(delivery, body)
  throw new Unusable('neither an envelope of groups and records nor a CloudEvent')
}

function fromEnvelope(body: Record<string, unknown>, groups: readonly unknown[]): Normalised<PressEvent> {
  const id = textOf(body.id)
  if (id === undefined) throw new Unusable('`id` is missing')
  const taken = new Set<string>()
  const events = groups.flatMap((group, groupIndex) => {
    if (
      !isObject(group) ||
      typeof group.type !== 'string' ||
      group.type === '' ||
      !Array.isArray(group.records)
    ) {
      throw new Unusable('an entry of `data` is not a group of a type and records')
    }
    const { type } = group
    return group.records.map((fields: unknown, index) => {
      if (!isObject(fields)) throw new Unusable('an entry of `records` is not an object')
      const record = pressRecord(fields)
      const eventId = textOf(record.event_id)
      // A record without an id of its own, or with one that another record has, is told apart by its place.
      const own = eventId !== undefined && !taken.has(eventId) ? eventId : `${id}/${groupIndex}/${index}`
      taken.add(own)
      return pressEvent({ id: own, type, source: body.source, subject: undefined, time: body.time }, record)
    })
  })
  return { id, events }
}

function fromCloudEvent(element: unknown): Normalised<PressEvent> {
  const event = parseStructured(element, { profile: 'lenient' })
  return { id: event.id, events: [{ ...extensionsOf(event), ...pressEvent(event, recordOf(event)) }] }
}

/** In binary mode the attributes are headers, outside the signature: the delivery's identity comes from the signed body. */
function fromBinary(delivery: AuthenticDelivery, body: Record<string, unknown>): Normalised<PressEvent> {
  const attributes = parseBinary(delivery, { profile: 'lenient' })
  const record = pressRecord(body)
  const id = textOf(record.event_id) ?? createHash('sha256').update(delivery.body).digest('hex')
  const event = pressEvent({ ...attributes, id }, record)
  const signed: Record<string, unknown> = { subject: record.uaekyc_id, time: record.event_ts }
  const unsigned = (['source', 'type', 'subject', 'time'] as const).filter(
    (name) => name in event && event[name] !== signed[name],
  )
  return { id, events: [event], unsigned }
}

/** Extension attributes stay with the event, where they are legal in CloudEvents 1.0; all that was sent is in the kept bytes. */
function extensionsOf(event: LenientCloudEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).filter(
      ([name, value]) => !CORE_ATTRIBUTES.includes(name) && name !== 'data' && isLegalExtension(name, value),
    ),
  )
}

function recordOf(event: LenientCloudEvent): PressRecord {
  const { uaekyc_id, event_ts, event_id, data } = event
  const attributes = Object.fromEntries(
    Object.entries({ uaekyc_id, event_ts, event_id }).filter(([, value]) => value != null),
  )
  if (data !== undefined && (!isObject(data) || data instanceof Uint8Array))
    throw new Unusable('`data` is not an object')
  if (data === undefined && attributes.uaekyc_id === undefined) throw new Unusable('`data` is missing')
  return pressRecord({ ...attributes, ...data })
}

function pressRecord(fields: Record<string, unknown>): PressRecord {
  return withTextIds(fields, ['uaekyc_id', 'event_id']) as PressRecord
}

interface Attributes {
  id: string
  type: string
  source?: unknown
  subject?: string | undefined
  time?: unknown
}

/** "uaekyc_id is the entity key", `event_ts` is when it happened ("Event Ordering"). */
function pressEvent(attributes: Attributes, record: PressRecord): PressEvent {
  const subject = textOf(record.uaekyc_id) ?? attributes.subject
  const time = [record.event_ts, attributes.time].find(
    (value) => typeof value === 'string' && isRfc3339(value),
  )
  const event = {
    specversion: '1.0',
    id: attributes.id,
    source: isSource(attributes.source) ? attributes.source : DEFAULT_SOURCE,
    type: attributes.type,
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time }),
    datacontenttype: 'application/json',
    data: record,
    provider: 'press',
  }
  return event as PressEvent
}

const isSource = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && isUriReference(value)
