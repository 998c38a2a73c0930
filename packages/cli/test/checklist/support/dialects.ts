import { createHmac } from 'node:crypto'
import type { ProviderName } from '../../../src/providers.ts'
import { secrets } from '../../support/secrets.ts'

/** What a hand-written receiver has to know of a provider. Shares no code with what it is checked by. */
export interface Dialect {
  readonly signature: string
  readonly timestamp?: string
  readonly nonce?: string
  readonly contentType: string
  /** @param secret @default the right one */
  sign(body: Buffer | string, timestamp: string, algorithm: string, secret?: string): string
  idOf(value: Value): string | undefined
  typeOf(value: Value): string
  /** Names that its pages list, for a receiver that insists on them. */
  readonly types: readonly string[]
  readonly fields: readonly string[]
}

export type Value = ReturnType<typeof JSON.parse>

const list = (words: string): string[] => words.split(' ')

export const DIALECTS: Readonly<Record<ProviderName, Dialect>> = {
  press: {
    signature: 'x-webhook-signature',
    timestamp: 'x-webhook-timestamp',
    contentType: 'application/cloudevents+json',
    sign: (body, timestamp, _algorithm, secret = secrets.press) =>
      createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex'),
    idOf: ({ id }) => id,
    typeOf: ({ data, type }) => type ?? data[0].type,
    types: list('immigration_entry visa_extension status_change visa_cancellation new_id file_cancel').map(
      (name) => `ae.uaekyc.icp.${name}.v1`,
    ),
    fields: list(
      'specversion id source time total_records data type records event_id uaekyc_id event_ts datacontenttype',
    ),
  },
  uip: {
    signature: 'x-uip-signature',
    contentType: 'application/json',
    sign: (body, _timestamp, _algorithm, secret = secrets.uip) =>
      createHmac('sha256', secret).update(body).digest('hex'),
    idOf: ({ data }) => data.audit_id,
    typeOf: ({ event }) => event,
    types: list('identify sign message test authorize.completed delegation.revoked'),
    fields: list(
      'event data uip_id audit_id session_id name date_of_birth country_of_origin signing_uip_id message_id pong client_id business_id scopes',
    ),
  },
  'advance-ai': {
    signature: 'aai-signature',
    timestamp: 'aai-timestamp',
    nonce: 'aai-nonce',
    contentType: 'application/json',
    sign: (body, _timestamp, algorithm, secret = secrets['advance-ai']) =>
      createHmac(algorithm, Buffer.from(secret, 'base64')).update(body).digest('base64'),
    idOf: ({ eventId }) => eventId,
    typeOf: ({ eventType }) => eventType,
    types: list(
      'COMPLETED SUBMIT_COMPLETED BUSINESS_VERIFICATION_STATUS AML_OGS_UPDATE OCR_COMPLETED CASE_MANUAL_CORRECTED KYB_IDV_EMAIL KYB_QNRE_EMAIL',
    ),
    fields: [],
  },
}
