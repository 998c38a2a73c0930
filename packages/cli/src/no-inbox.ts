import { isKycWebhookError } from '@kyc-webhooks/core'
import { Failure, messageOf } from './exit.ts'

/** What a place is told to be when there is no inbox at it. */
const WORDS: Readonly<Record<string, string>> = {
  '3D000': 'there is no such database',
  ECONNREFUSED: 'nobody listens there',
}

/** Throws what went wrong at the opening of an inbox, in words where the usual message has codes alone. */
export function noInbox(error: unknown): never {
  const [, schema] = /schema (\S+) has version 0,/.exec(messageOf(error)) ?? []
  const words = schema === undefined ? wordsOf(error) : `there is no inbox in schema ${schema}`
  if (words === undefined) throw error
  throw new Failure(isKycWebhookError(error) ? `${words} (${error.code})` : words)
}

/** By the SQLSTATE or the code of the system, of the error or of what caused it. */
function wordsOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const causes: unknown[] = [error.cause, ...(error instanceof AggregateError ? error.errors : [])]
  const code = 'code' in error ? WORDS[String(error.code)] : undefined
  return code ?? causes.map(wordsOf).find((words) => words !== undefined)
}
