import type { KycEvent, UnknownType } from '../event.ts'

/** What UIP's pages say each event carries. Fields that no page documents are kept as they came. */
export interface UipDataByType {
  identify: {
    uip_id: string
    audit_id: string
    session_id: string
    /** If asked for. */
    name?: string
    /** YYYY-MM-DD, if asked for. */
    date_of_birth?: string
    /** Country code, if asked for. */
    country_of_origin?: string
  }
  sign: { uip_id: string; session_id: string; audit_id: string }
  /** Signed or declined: only the Audit API tells. */
  message: { signing_uip_id: string; message_id: string; audit_id: string }
  test: { pong: string }
  'authorize.completed': UipOpenData
  'delegation.revoked': UipOpenData
  'step.completed': {
    session_id: string
    stage?: string | number
    primitive?: string
    audit_id?: string
  } & UipOpenData
  'session.completed': { session_id: string } & UipOpenData
  'session.stopped': { session_id: string } & UipOpenData
  'session.failed': { session_id: string } & UipOpenData
}

/** Data that no page documents in full. */
export interface UipOpenData {
  readonly [field: string]: unknown
}

export type UipType = keyof UipDataByType

export type UipEvent =
  | { [T in UipType]: KycEvent<'uip', T, UipDataByType[T]> }[UipType]
  | KycEvent<'uip', UnknownType, UipOpenData>
