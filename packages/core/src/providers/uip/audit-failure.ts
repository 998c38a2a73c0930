import { errorName } from '../../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../../errors.ts'
import { Unusable } from '../../provider.ts'
import { isObject } from '../fields.ts'

/** Too many at once, too slow, or a fault of theirs ("HTTP Status Codes"): another time it may succeed. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500

/** The error of an answer that is not the record: its status, and UIP's own code where it has the documented form. */
export function notOk(status: number, body: unknown): KycWebhookError {
  const code = isObject(body) && typeof body.code === 'string' ? body.code : ''
  // "resource/not-found", "auth/unauthorized": anything else is not quoted.
  const detail = /^[a-z]{1,32}\/[a-z-]{1,64}$/.test(code) ? `${status} ${code}` : String(status)
  return new KycWebhookError(isPassing(status) ? 'audit-unavailable' : 'audit-refused', detail)
}

export function noAnswerWithin(timeoutMs: number): KycWebhookError {
  return new KycWebhookError('audit-unavailable', `no answer within ${timeoutMs} ms`)
}

/** Of whatever went wrong, name or code alone: what it came from had the key. */
export function auditFailure(error: unknown): KycWebhookError {
  if (isKycWebhookError(error)) return error
  if (error instanceof Unusable) return new KycWebhookError('audit-unavailable', error.reason)
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return new KycWebhookError('audit-unavailable', errorName(cause))
}
