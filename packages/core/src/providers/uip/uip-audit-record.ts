/** An event that UIP keeps an audit record of: `message`, `sign`, `identify`. */
export interface AuditedEvent {
  data: { audit_id: string }
}

/** What became of a message: "the definitive indicator of whether a user signed or declined". */
export type UipOutcome = 'signed' | 'declined'

/** An audit record, as UIP's page shows it. Only `signed_accepted` is checked; what UIP adds is kept as it came. */
export interface UipAuditRecord {
  signed_accepted: boolean
  audit_type?: string
  /** RFC 3339. */
  created_at?: string
  /** The message, for `audit_type` `message`. */
  message_ref?: string
  requester_uip_id?: string
  requester_name?: string
  requester_business_name?: string
  requester_sign_intent?: string
  requester_sign_information?: string
  signatoree_uip_id?: string
  signatoree_name?: string
  attachment_refs?: readonly string[]
  readonly [field: string]: unknown
}

/** Bounds a question beyond its time limit. */
export interface AuditScope {
  /** `context.signal` of the handler. */
  signal?: AbortSignal | undefined
}
