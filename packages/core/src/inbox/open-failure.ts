import { errorName } from '../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../errors.ts'

/** What a failed opening rejects with: an engine may fail with anything. */
export function openFailure(error: unknown): KycWebhookError {
  if (isKycWebhookError(error)) return error
  return new KycWebhookError('inbox-unavailable', `it could not be opened: ${errorName(error)}`, {
    cause: error,
  })
}
