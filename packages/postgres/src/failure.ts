import { isKycWebhookError, KycWebhookError } from '@kyc-webhooks/core'
import { errorName } from '@kyc-webhooks/core/engine'
import { MOVED, MOVING } from './schema.ts'

/**
 * SQLSTATEs whose reason lies in one of the values, so that a batch is worth splitting: classes cardinality, data, integrity
 * and program limits, and a lock that somebody else holds on a row.
 */
const BLAMES_VALUES = /^(21|22|23|54|55P03)/
/** The server rolled back and asks to repeat: serialization failure, deadlock. */
const REPEATABLE = /^(40001|40P01)$/
/** SQLSTATEs of a connection that is ending: class 08 and the administrator's shutdowns. */
const DISCONNECTED = /^(08|57P)/
/** What the triggers of an inbox say that is closed. */
const CLOSED: Readonly<Record<string, 'inbox-moved' | 'inbox-moving'>> = {
  [MOVED]: 'inbox-moved',
  [MOVING]: 'inbox-moving',
}
const SQLSTATE = /^[0-9A-Z]{5}$/

/** SQLSTATE of an error, when it comes from the server. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && SQLSTATE.test(error.code) ? error.code : undefined
}

/** What a failed call comes to: `inbox-unavailable`, unless the values that were given are to blame. */
export function toFault(error: unknown): unknown {
  const closed = CLOSED[sqlState(error) ?? '']
  if (closed !== undefined && error instanceof Error) return new KycWebhookError(closed, error.message)
  if (isKycWebhookError(error) || BLAMES_VALUES.test(sqlState(error) ?? '')) return error
  return new KycWebhookError('inbox-unavailable', errorName(error), { cause: error })
}

/** Is the same transaction worth another try, given that its COMMIT was not sent? */
export function isRepeatable(error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined ? isNetworkError(error) : REPEATABLE.test(state) || DISCONNECTED.test(state)
}

/** The driver gives most of these no code. */
function isNetworkError(error: unknown): boolean {
  return error instanceof Error && /terminat|closed|not queryable|ECONNRESET|EPIPE/i.test(error.message)
}
