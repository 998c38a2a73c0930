import { KycWebhookError } from '../../src/errors.ts'

/** The `KycWebhookError` that `run` throws. Anything else fails the test. */
export function configurationError(run: () => unknown): KycWebhookError {
  try {
    run()
  } catch (error) {
    if (error instanceof KycWebhookError) return error
    throw error
  }
  throw new Error('was accepted')
}
