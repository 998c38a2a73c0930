import { type Draft, jsonDraft } from '../draft.ts'
import { type EventSeed, type Inventor, inventor } from '../inventor.ts'
import type { Fields, JsonObject } from '../json.ts'
import { PRESS_EVENT_NAMES, PRESS_TYPES, type PressEventName } from './press-types.ts'

/** Makes drafts of PRESS deliveries. `fields` go into each record. */
export interface PressEvents {
  /**
   * The body of the payload reference: groups by type, each with a number of records.
   * `envelope({ IMMIGRATION_ENTRY: 3, NEW_ID: 1 })`
   * @param counts records of each event. @default one IMMIGRATION_ENTRY
   */
  envelope(counts?: Readonly<Partial<Record<PressEventName, number>>>, fields?: Fields): Draft
  /** The same record as a CloudEvent in structured mode, which is what the other PRESS pages call a delivery. */
  structured(name?: PressEventName, fields?: Fields): Draft
  /** ... in binary mode: attributes in headers (outside the signature, the id too), the record in the body. */
  binary(name?: PressEventName, fields?: Fields): Draft
  /** ... as a batch. Its delivery id is none of its events'. */
  batch(names?: readonly PressEventName[], fields?: Fields): Draft
  /** One envelope for each event of the overview page. */
  each(): Draft[]
}

const SOURCE = 'icp/press-event-pipeline'
const STRUCTURED = { 'Content-Type': 'application/cloudevents+json' }
const BATCHED = { 'Content-Type': 'application/cloudevents-batch+json' }

/** PRESS deliveries with invented data: payload reference; CloudEvents 1.0 HTTP binding and JSON format. */
export function pressEvents(seed: EventSeed = {}): PressEvents {
  const invent = inventor(seed)

  function envelope(
    counts: Readonly<Partial<Record<PressEventName, number>>> = { IMMIGRATION_ENTRY: 1 },
    fields: Fields = {},
  ): Draft {
    const groups = PRESS_EVENT_NAMES.filter((name) => counts[name] !== undefined).map((name) => ({
      type: PRESS_TYPES[name],
      records: Array.from({ length: counts[name] ?? 0 }, () => record(invent, name, fields)),
    }))
    const time = invent.time()
    const id = invent.ulid(time)
    const total = groups.reduce((sum, { records }) => sum + records.length, 0)
    return jsonDraft(
      id,
      { specversion: '1.0', id, source: SOURCE, time: rfc3339(time), total_records: total, data: groups },
      STRUCTURED,
    )
  }

  return {
    envelope,
    structured(name = 'IMMIGRATION_ENTRY', fields = {}) {
      const event = cloudEvent(invent, name, fields)
      return jsonDraft(event.id, event, STRUCTURED)
    },
    binary(name = 'IMMIGRATION_ENTRY', fields = {}) {
      const { data, datacontenttype, ...attributes } = cloudEvent(invent, name, fields)
      const prefixed = Object.entries(attributes).map(([key, value]) => [`ce-${key}`, value])
      return jsonDraft(attributes.id, data, {
        'Content-Type': datacontenttype,
        ...Object.fromEntries(prefixed),
      })
    },
    batch(names = PRESS_EVENT_NAMES, fields = {}) {
      const events = names.map((name) => cloudEvent(invent, name, fields))
      return jsonDraft(invent.ulid(invent.time()), events, BATCHED)
    },
    each: () => PRESS_EVENT_NAMES.map((name) => envelope({ [name]: 1 })),
  }
}

function record(invent: Inventor, name: PressEventName, fields: Fields) {
  return {
    event_id: `evt-${name.toLowerCase().replaceAll('_', '-')}-${invent.digits(9)}`,
    uaekyc_id: invent.person().uaekycId,
    event_ts: rfc3339(invent.time()),
    ...fields,
  } satisfies JsonObject
}

/** `uaekyc_id` is a number in the envelope and a string elsewhere in the provider's pages. */
function cloudEvent(invent: Inventor, name: PressEventName, fields: Fields) {
  const { event_id, uaekyc_id, event_ts } = record(invent, name, {})
  const time = invent.time()
  return {
    specversion: '1.0',
    id: invent.ulid(time),
    source: SOURCE,
    type: PRESS_TYPES[name],
    time: rfc3339(time),
    datacontenttype: 'application/json',
    data: { event_id, uaekyc_id: String(uaekyc_id), event_ts, ...fields },
  } satisfies JsonObject
}

function rfc3339(time: number): string {
  return new Date(time).toISOString()
}
