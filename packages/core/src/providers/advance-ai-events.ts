import type { KycEvent, UnknownType } from '../event.ts'

/** What ADVANCE.AI's page says each event carries. Ids are strings, exact to the digit. Other fields are kept as they came. */
export interface AdvanceAiDataByType {
  COMPLETED: { signatureId: string }
  SUBMIT_COMPLETED: AdvanceAiOpenData
  OCR_COMPLETED: AdvanceAiOpenData
  CASE_MANUAL_CORRECTED: AdvanceAiOpenData
  BUSINESS_VERIFICATION_STATUS: {
    id: string
    status: string
    checkItem: string
    /** Unix seconds. */
    updatedAt: number
  }
  AML_OGS_UPDATE: {
    profileId: string
    caseId: string
    alertId: string
    numberOfNewResults: number
    numberOfUpdatedResults: number
  }
  /** Carries a link that opens a verification: never log it. */
  KYB_IDV_EMAIL: { email: string; emailType: string; directUrl?: string; expireHour?: number }
  /** Carries a one-time code and a link: never log them. */
  KYB_QNRE_EMAIL: { email: string; emailType: string; otpCode?: string; url?: string }
}

/** Data that the page does not document. */
export interface AdvanceAiOpenData {
  signatureId?: string
  readonly [field: string]: unknown
}

export type AdvanceAiType = keyof AdvanceAiDataByType

export type AdvanceAiEvent =
  | { [T in AdvanceAiType]: KycEvent<'advance-ai', T, AdvanceAiDataByType[T]> }[AdvanceAiType]
  | KycEvent<'advance-ai', UnknownType, AdvanceAiOpenData>
