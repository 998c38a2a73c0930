import { errorName } from '../error-text.ts'
import { isKycWebhookError } from '../errors.ts'

/** The code, and the message where it is our own: it says which file cannot be opened. */
export function whatFailed(error: unknown): { code: string; detail?: string } {
  return { code: errorName(error), ...(isKycWebhookError(error) ? { detail: error.message } : {}) }
}
