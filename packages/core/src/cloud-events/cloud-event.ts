import type { AuthenticDelivery } from '../provider.ts'

/** A CloudEvents 1.0 event: its attributes, its extension attributes and its data, side by side. */
export interface CloudEvent {
  specversion: '1.0'
  /** Not empty. Unique with `source`. */
  id: string
  /** A URI reference (RFC 3986 section 4.1), not empty. */
  source: string
  /** Not empty. */
  type: string
  /** Not empty. */
  subject?: string
  /** RFC 3339, as sent. */
  time?: string
  /** A media type, as sent. */
  datacontenttype?: string
  /** An absolute URI (RFC 3986 section 4.3). */
  dataschema?: string
  /** Absent when the event has none; `null` is data. JSON is parsed, Base64 is decoded, other bytes are a `Uint8Array`. */
  data?: unknown
  /** Extension attributes: strings, booleans and 32-bit integers; whatever was sent in the lenient profile. */
  [extension: string]: unknown
}

/** What the lenient profile vouches for: an `id`, a `type`, and the documented form of the other attributes that it kept. */
export type LenientCloudEvent = Partial<CloudEvent> & Pick<CloudEvent, 'id' | 'type'>

/**
 * How much an event may deviate from the specification. Data that cannot be decoded is refused in both.
 *
 * - `strict`: not at all.
 * - `lenient`: for events that must not be lost for their form. Required are a non-empty `id` and `type`. An attribute
 *   of the specification that is not of its form is dropped; an integer as `id` or `subject` becomes its digits.
 *   Extension attributes may have any name and any JSON value. Nothing is made up for what is missing.
 */
export type CloudEventProfile = 'strict' | 'lenient'

export interface CloudEventOptions {
  /** @default 'strict' */
  profile?: CloudEventProfile
}
export interface StrictOptions extends CloudEventOptions {
  profile?: 'strict'
}

/** What events are parsed from. An `AuthenticDelivery` is one. */
export interface CloudEventDelivery extends Pick<AuthenticDelivery, 'body' | 'header'> {
  /** The body as JSON. @default `decodeJson` of the body */
  readonly json?: () => unknown
  /**
   * Names of all headers that were sent, for the extension attributes of the binary mode.
   * @default the headers of the specification's own attributes
   */
  readonly headerNames?: readonly string[]
}
