import type { AdvanceAiType, PressType, UipType } from '@kyc-webhooks/core'

/** What the providers' pages list. A record, so that the compiler finds a type that is missing. */
const LISTED: Readonly<Record<PressType | UipType | AdvanceAiType, true>> = {
  'ae.uaekyc.icp.immigration_entry.v1': true,
  identify: true,
  sign: true,
  message: true,
  test: true,
  'authorize.completed': true,
  'delegation.revoked': true,
  'step.completed': true,
  'session.completed': true,
  'session.stopped': true,
  'session.failed': true,
  COMPLETED: true,
  SUBMIT_COMPLETED: true,
  OCR_COMPLETED: true,
  CASE_MANUAL_CORRECTED: true,
  BUSINESS_VERIFICATION_STATUS: true,
  AML_OGS_UPDATE: true,
  KYB_IDV_EMAIL: true,
  KYB_QNRE_EMAIL: true,
}

/** The value of the label `type`: bounded, whatever a provider sends. */
export function typeLabels(others: readonly string[]): (type: string) => string {
  const known = new Set([...Object.keys(LISTED), ...others])
  return (type) => (known.has(type) ? type : 'other')
}
