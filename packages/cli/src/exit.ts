import { isKycWebhookError, type KycWebhookError } from '@kyc-webhooks/core'

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** The thing asked for failed: a check, a delivery, the inbox. */
  failed: 1,
  /** It was asked wrongly: nothing was done. */
  usage: 2,
} as const

/** The thing asked for cannot be done. Its message is what the user reads. */
export class Failure extends Error {}

/** It was asked wrongly. Its message is what the user reads: it must not quote a secret. */
export class UsageError extends Error {}

/** What of core's errors is about how it was asked. */
const USAGE_CODES: readonly KycWebhookError['code'][] = [
  'option-invalid',
  'secret-missing',
  'secret-malformed',
  'secret-too-short',
]

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  return isKycWebhookError(error) && USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.failed
}

/** One line, without a stack. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  const code = isKycWebhookError(error) && !text.startsWith(error.code) ? ` (${error.code})` : ''
  return text.replaceAll(/\s*\n\s*/g, ' ') + code
}
