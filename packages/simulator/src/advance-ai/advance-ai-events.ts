import { type Draft, jsonDraft } from '../draft.ts'
import { type EventSeed, type Inventor, inventor } from '../inventor.ts'
import type { Fields, JsonObject } from '../json.ts'

/** The event types of the webhook page. */
export const ADVANCE_AI_EVENT_TYPES = [
  'COMPLETED',
  'SUBMIT_COMPLETED',
  'BUSINESS_VERIFICATION_STATUS',
  'AML_OGS_UPDATE',
  'OCR_COMPLETED',
  'CASE_MANUAL_CORRECTED',
  'KYB_IDV_EMAIL',
  'KYB_QNRE_EMAIL',
] as const
export type AdvanceAiEventType = (typeof ADVANCE_AI_EVENT_TYPES)[number]

/** Makes drafts of ADVANCE.AI deliveries. */
export interface AdvanceAiEvents {
  /**
   * One event, with `fields` in its data. The content of an e-mail event goes by its `emailType`:
   * `of('KYB_IDV_EMAIL', { emailType: 'NOTIFY_IDV_FAILED' })`.
   */
  of(eventType: AdvanceAiEventType, fields?: Fields): Draft
  /** One of each event that `of` makes. */
  each(): Draft[]
}

export interface AdvanceAiEventSeed extends EventSeed {
  /** The webhook's id in the console, for example `wh_xxx`. Most of the page's examples have none. @default none */
  webhookId?: string
}

/**
 * Data of each event: webhook page, and KYB e-mail page for which fields come when. That of SUBMIT_COMPLETED, OCR_COMPLETED
 * and CASE_MANUAL_CORRECTED is **assumed**.
 */
const DATA: Record<AdvanceAiEventType, (invent: Inventor, fields: Fields) => JsonObject> = {
  COMPLETED: (invent) => ({ signatureId: invent.digits(10) }),
  SUBMIT_COMPLETED: (invent) => ({ signatureId: invent.digits(10) }),
  OCR_COMPLETED: (invent) => {
    const { latinName, arabicName, dateOfBirth, country } = invent.person()
    const ocr = { fullName: latinName, fullNameArabic: arabicName, dateOfBirth, nationality: country }
    return { signatureId: invent.digits(10), documentType: 'ID_CARD', ocrResult: ocr }
  },
  CASE_MANUAL_CORRECTED: (invent) => ({ signatureId: invent.digits(10), result: 'PASS' }),
  BUSINESS_VERIFICATION_STATUS: (invent) => ({
    id: `KYBC-${invent.digits(18)}`,
    status: 'COMPLETED',
    checkItem: 'Basic Business Verification',
    updatedAt: Math.floor(invent.time() / 1000),
  }),
  AML_OGS_UPDATE: (invent) => ({
    profileId: `PF_${invent.text(22)}`,
    caseId: longId(invent, '1998600000'),
    alertId: longId(invent, '2001680000'),
    numberOfNewResults: invent.int(0, 3),
    numberOfUpdatedResults: invent.int(1, 3),
  }),
  KYB_IDV_EMAIL: (invent, { emailType = 'REQUEST_IDV' }) => ({
    email: invent.person().email,
    emailType,
    ...(emailType === 'REQUEST_IDV' && {
      directUrl: `https://kyb.example.com/idv/${invent.text(24)}`,
      expireHour: 24,
    }),
  }),
  KYB_QNRE_EMAIL: (invent, { emailType = 'OTP_VERIFICATION' }) => ({
    email: invent.person().email,
    emailType,
    ...(emailType === 'OTP_VERIFICATION' && { otpCode: invent.digits(6) }),
    ...(emailType === 'FORM_NOTIFICATION' && { url: `https://kyb.example.com/form/${invent.text(24)}` }),
  }),
}

/** ADVANCE.AI deliveries with invented data. */
export function advanceAiEvents(seed: AdvanceAiEventSeed = {}): AdvanceAiEvents {
  const invent = inventor(seed)
  const of = (eventType: AdvanceAiEventType, fields: Fields = {}) =>
    advanceAiEvent(invent, eventType, fields, seed.webhookId)
  return { of, each: () => ADVANCE_AI_EVENT_TYPES.map((eventType) => of(eventType)) }
}

/** One event. `webhookId`: the webhook's id in the console, or none. */
export function advanceAiEvent(
  invent: Inventor,
  eventType: AdvanceAiEventType,
  fields: Fields,
  webhookId: string | undefined,
): Draft {
  const eventId = invent.uuid()
  const data = { ...DATA[eventType](invent, fields), ...fields }
  return jsonDraft(eventId, { eventId, eventType, webhookId, data })
}

/** Nineteen digits, odd: no double holds such a number, so a receiver that reads it as one alters it. */
function longId(invent: Inventor, head: string): bigint {
  return BigInt(head + invent.digits(8) + invent.pick(['1', '3', '5', '7', '9']))
}
