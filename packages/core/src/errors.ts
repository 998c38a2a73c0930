/**
 * Every error and every refusal of this project, in one table.
 *
 * - `refusal`: a delivery was not accepted; `status` is the default HTTP status of the reply.
 * - `fault`: something on our side failed; always 5xx, because providers never retry a 4xx.
 * - `configuration`: thrown when a receiver or an inbox is set up.
 * - `call`: thrown by a call that asks a provider.
 *
 * `message` goes to the sender (refusals and faults) or is the head of the thrown message (all others);
 * it never carries a secret, a body or anything about a person. `docs/errors.md` says what to do about each.
 */
export const ERRORS = {
  // Refused before the body is read
  'method-not-allowed': { kind: 'refusal', status: 405, message: 'Only POST is accepted here.' },
  'address-not-allowed': { kind: 'refusal', status: 403, message: 'This address may not deliver here.' },
  'transport-not-secure': {
    kind: 'refusal',
    status: 403,
    message: 'The connection does not meet the required TLS version.',
  },
  'header-repeated': { kind: 'refusal', status: 400, message: 'A security header was sent more than once.' },
  'encoding-not-supported': {
    kind: 'refusal',
    status: 415,
    message: 'Send the body as it is, whole or in chunks.',
  },
  // Refused while the body is read
  'body-too-large': {
    kind: 'refusal',
    status: 413,
    message: 'The body is larger than this endpoint accepts.',
  },
  'body-too-slow': { kind: 'refusal', status: 408, message: 'The body did not arrive in time.' },
  'body-incomplete': { kind: 'refusal', status: 400, message: 'The body ended before it was complete.' },
  // Not authentic
  'signature-missing': { kind: 'refusal', status: 401, message: 'The signature header is missing.' },
  'signature-malformed': {
    kind: 'refusal',
    status: 401,
    message: 'The signature is not of the documented form.',
  },
  'signature-mismatch': { kind: 'refusal', status: 401, message: 'The signature does not match the body.' },
  'timestamp-missing': { kind: 'refusal', status: 401, message: 'The timestamp header is missing.' },
  'timestamp-malformed': {
    kind: 'refusal',
    status: 401,
    message: 'The timestamp is not a number of Unix seconds.',
  },
  'timestamp-stale': { kind: 'refusal', status: 401, message: 'The timestamp is too old.' },
  'timestamp-ahead': { kind: 'refusal', status: 401, message: 'The timestamp lies in the future.' },
  'nonce-missing': { kind: 'refusal', status: 401, message: 'The nonce header is missing.' },
  'nonce-malformed': { kind: 'refusal', status: 401, message: 'The nonce is not of an acceptable form.' },
  'nonce-reused': { kind: 'refusal', status: 401, message: 'The nonce was used before.' },
  // Authentic, but cannot become events: kept in quarantine
  'body-not-json': { kind: 'refusal', status: 400, message: 'The body is not valid UTF-8 JSON.' },
  'body-too-deep': { kind: 'refusal', status: 400, message: 'The JSON is nested too deeply.' },
  'body-unusable': { kind: 'refusal', status: 400, message: 'The body is not of the documented form.' },
  // Authentic, accepted, and kept as evidence
  'delivery-conflict': {
    kind: 'refusal',
    status: 200,
    message: 'This id was delivered before with another body.',
  },
  // Our own faults
  'body-consumed': { kind: 'fault', status: 500, message: 'The endpoint is misconfigured.' },
  'inbox-unavailable': {
    kind: 'fault',
    status: 503,
    message: 'The delivery could not be stored. Send it again.',
  },
  'inbox-full': { kind: 'fault', status: 503, message: 'Too many deliveries at once. Send it again.' },
  'inbox-behind': { kind: 'fault', status: 503, message: 'Too many deliveries at once. Send it again.' },
  'budget-exceeded': {
    kind: 'fault',
    status: 503,
    message: 'The delivery was not stored in time. Send it again.',
  },
  'secret-unavailable': {
    kind: 'fault',
    status: 503,
    message: 'The delivery could not be verified. Send it again.',
  },
  'secret-not-in-force': {
    kind: 'fault',
    status: 503,
    message: 'The delivery could not be verified. Send it again.',
  },
  'receiver-overloaded': {
    kind: 'fault',
    status: 503,
    message: 'Too many deliveries at once. Send it again.',
  },
  'receiver-closed': { kind: 'fault', status: 503, message: 'The endpoint is shutting down. Send it again.' },
  'receiver-failed': {
    kind: 'fault',
    status: 500,
    message: 'The delivery could not be processed. Send it again.',
  },
  // Thrown at start-up
  'secret-missing': { kind: 'configuration', message: 'The webhook secret is missing' },
  'secret-malformed': { kind: 'configuration', message: 'The webhook secret is not of the documented form' },
  'secret-too-short': { kind: 'configuration', message: 'The webhook secret is too short to be one' },
  'option-invalid': { kind: 'configuration', message: 'An option is not valid' },
  'handler-missing': { kind: 'configuration', message: 'No handler was given' },
  'receiver-name-taken': { kind: 'configuration', message: 'Two receivers on one inbox have the same name' },
  'provider-invalid': { kind: 'configuration', message: 'The provider definition is not usable' },
  'inbox-foreign': { kind: 'configuration', message: 'The database is not an inbox of kyc-webhooks' },
  'inbox-newer': { kind: 'configuration', message: 'The database was written by a newer version' },
  'inbox-unusable': { kind: 'configuration', message: 'The database cannot be used' },
  'inbox-moved': { kind: 'configuration', message: 'The inbox was moved away' },
  'inbox-moving': { kind: 'configuration', message: 'The move into this inbox is not finished' },
  'inbox-not-empty': { kind: 'configuration', message: 'The inbox to move into is not empty' },
  'inbox-in-use': { kind: 'configuration', message: 'The inbox is in use' },
  'encryption-key-missing': { kind: 'configuration', message: 'An encryption key of the inbox is missing' },
  'encryption-key-malformed': {
    kind: 'configuration',
    message: 'An encryption key of the inbox is not of the right form',
  },
  'encryption-key-wrong': {
    kind: 'configuration',
    message: 'An encryption key of the inbox is the wrong one',
  },
  'sealed-value-broken': { kind: 'configuration', message: 'A sealed value of the inbox cannot be opened' },
  'redrive-impossible': { kind: 'configuration', message: 'The delivery cannot be redriven' },
  'node-too-old': { kind: 'configuration', message: 'This version of Node.js is not supported' },
  // Thrown by calls that ask a provider
  'audit-refused': { kind: 'call', message: 'UIP refuses to show the audit record' },
  'audit-unavailable': { kind: 'call', message: 'UIP does not tell the audit record now' },
} as const

export type ErrorCode = keyof typeof ERRORS
type OfKind<K> = { [C in ErrorCode]: (typeof ERRORS)[C]['kind'] extends K ? C : never }[ErrorCode]
/** Why a delivery was refused. Stable: safe to alert on. */
export type RefusalCode = OfKind<'refusal'>
/** Why a delivery could not be kept. Stable: safe to alert on. */
export type FaultCode = OfKind<'fault'>
/** Why a delivery was rejected, or, for `delivery-conflict` alone, accepted and put aside. */
export type RejectionCode = RefusalCode | FaultCode

const brand = Symbol.for('kyc-webhooks.error')

/** An error of this project. Match on `code`; `message` may change between versions. */
export class KycWebhookError extends Error {
  readonly code: ErrorCode

  /** @param detail likely cause and what to change; must not quote a secret, a body or a person's data. */
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(ownersMessage(code, detail), options)
    this.name = 'KycWebhookError'
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }
}

/** The table's messages of refusals and faults speak to the sender; whoever catches an error runs the receiver. */
function ownersMessage(code: ErrorCode, detail: string | undefined): string {
  const { kind, message } = ERRORS[code]
  const head = kind === 'refusal' || kind === 'fault' ? code : message
  return detail === undefined ? head : `${head}: ${detail}`
}

/** True for an error of this project, also when it comes from another copy of the package. */
export function isKycWebhookError(error: unknown, code?: ErrorCode): error is KycWebhookError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || ('code' in error && error.code === code)
}

/**
 * Ends the way of a delivery: thrown by a step, turned into the reply by the receiver.
 * Not an `Error`: a refusal is an ordinary outcome and needs no stack.
 */
export class Rejection {
  readonly code: RejectionCode
  /** For our log only; never sent. Must not quote a secret, a body or a person's data. */
  readonly detail: string | undefined

  constructor(code: RejectionCode, detail?: string) {
    this.code = code
    this.detail = detail
  }
}
