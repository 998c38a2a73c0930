import type { KycEvent } from '../event.ts'

/** One entry of `data[].records[]` of a PRESS delivery. Fields that no page documents are kept as they came. */
export interface PressRecord {
  event_id?: string
  /** The person: the entity key for last-writer-wins. A string here, also when PRESS sends a number. */
  uaekyc_id?: string
  /** When it happened, RFC 3339: compare it before applying a change ("Event Ordering"). */
  event_ts?: string
  readonly [field: string]: unknown
}

/** The only wire type that a page shows; the others arrive too, with the same data. */
export type PressType = 'ae.uaekyc.icp.immigration_entry.v1'

/** `type` completes to what is known and accepts every other string. */
export type PressEvent = KycEvent<'press', PressType | (string & {}), PressRecord>
