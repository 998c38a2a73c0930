import type { ErrorCode } from '@kyc-webhooks/core'

/** An error with a code of the project, thrown where core's own classes are not at hand: a worker thread loads no core. */
export class StoreError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}

/** An error as data, to cross from the worker thread. SQLite's own messages name tables and columns, never values. */
export interface Failure {
  /** Of the project; absent for an error that is not ours to judge. */
  code?: ErrorCode
  /** Of SQLite or the system, for example `SQLITE_FULL`. */
  cause?: string | undefined
  message: string
  stack?: string | undefined
}

/** Primary result codes that say: not now, or not with this disk. The same call may succeed later. */
const UNAVAILABLE =
  /^SQLITE_(BUSY|LOCKED|NOMEM|READONLY|IOERR|CORRUPT|FULL|CANTOPEN|PROTOCOL|NOTADB|PERM)(_|$)/
/** Of these, the ones that are worth another try when the store is being opened. */
const TRANSIENT = /^SQLITE_(BUSY|LOCKED|NOMEM|IOERR|FULL|PROTOCOL)(_|$)/

/** What a failed call comes to. */
export function toFailure(error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (error instanceof StoreError) return { code: error.code, message }
  if (codeOf(error) === 'SQLITE_CONSTRAINT_TRIGGER') return toClosed(message)
  const failure = { cause: codeOf(error), message, stack }
  return UNAVAILABLE.test(failure.cause ?? '') ? { code: 'inbox-unavailable', ...failure } : failure
}

/** What the triggers of a closed inbox say: a code of ours, a colon, and the rest. */
function toClosed(message: string): Failure {
  const [, code, detail = ''] = /^(.*?): (.*)$/s.exec(message) ?? []
  return { code: code === 'inbox-moved' ? code : 'inbox-moving', message: detail }
}

/** What a failed opening comes to: `inbox-unavailable` when trying again may help, `inbox-unusable` when someone must act. */
export function toOpenError(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return new StoreError(error.code, `${file}: ${error.message}`)
  const cause = codeOf(error) ?? 'no code'
  const code = TRANSIENT.test(cause) ? 'inbox-unavailable' : 'inbox-unusable'
  return new StoreError(code, `${file}: ${error instanceof Error ? error.message : error} (${cause})`)
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return String(error.code)
}
