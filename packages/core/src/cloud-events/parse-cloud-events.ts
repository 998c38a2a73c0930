import { decodeJson } from '../json.ts'
import { Unusable } from '../provider.ts'
import type {
  CloudEvent,
  CloudEventDelivery,
  CloudEventOptions,
  LenientCloudEvent,
  StrictOptions,
} from './cloud-event.ts'
import { isUtf8, parseMediaType } from './media-type.ts'
import { parseBinary } from './parse-binary.ts'
import { parseBatch, parseStructured } from './parse-structured.ts'

/** The events of a delivery, and the content mode they came in. In binary mode their attributes came from headers. */
export interface ParsedCloudEvents<E extends LenientCloudEvent = CloudEvent> {
  mode: 'structured' | 'batched' | 'binary'
  /** Exactly one, except in batched mode: any number, also none. */
  events: E[]
}

/**
 * Reads the CloudEvents of a delivery (CloudEvents 1.0.2, HTTP binding section 3). `Content-Type` tells the mode:
 * `application/cloudevents+json`, `application/cloudevents-batch+json`, or, beside `ce-` headers, any other.
 * @throws {Unusable} naming what is wrong, never a value. Of a batch with one bad event nothing is returned.
 */
export function parseCloudEvents(delivery: CloudEventDelivery, options?: StrictOptions): ParsedCloudEvents
export function parseCloudEvents(
  delivery: CloudEventDelivery,
  options: CloudEventOptions,
): ParsedCloudEvents<LenientCloudEvent>
export function parseCloudEvents(
  delivery: CloudEventDelivery,
  options: CloudEventOptions = {},
): ParsedCloudEvents<LenientCloudEvent> {
  const { body, header, json = () => decodeJson(body) } = delivery
  const mode = modeOf(header)
  if (mode === 'binary') return { mode, events: [parseBinary(delivery, options)] }
  if (options.profile !== 'lenient') checkCharset(header('content-type') ?? '')
  const events = mode === 'batched' ? parseBatch(json(), options) : [parseStructured(json(), options)]
  return { mode, events }
}

function modeOf(header: CloudEventDelivery['header']): ParsedCloudEvents['mode'] {
  const essence = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (essence === 'application/cloudevents+json') return 'structured'
  if (essence === 'application/cloudevents-batch+json') return 'batched'
  if (essence.startsWith('application/cloudevents')) {
    throw new Unusable('the event format is not JSON')
  }
  if (header('ce-specversion') !== undefined || header('ce-id') !== undefined) return 'binary'
  throw new Unusable('neither content-type nor a ce- header tells of a CloudEvent')
}

function checkCharset(contentType: string): void {
  const mediaType = parseMediaType(contentType)
  if (mediaType === undefined) throw new Unusable('content-type is not a media type')
  if (!isUtf8(mediaType)) throw new Unusable('the charset of the event is not UTF-8')
}
