import { isKycWebhookError } from '@kyc-webhooks/core'
import { Failure, messageOf } from './exit.ts'

/** Why an inbox could not be opened, by the SQLSTATE or the code of the system. */
const WORDS: Readonly<Record<string, string>> = {
  '28000': 'the server does not let this user in: wrong name, or not from here',
  '28P01': 'the server does not let this user in: wrong name or password',
  '3D000': 'there is no such database',
  '42501': 'this user may not read the tables',
  EAI_AGAIN: 'the name of the host was not found',
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the name of the host was not found',
}

/** Throws what went wrong at the opening of an inbox, in words where the usual message has codes alone. */
export function noInbox(error: unknown): never {
  const words = wordsOfOurs(messageOf(error)) ?? wordsOf(error)
  if (words === undefined) throw error
  throw new Failure(isKycWebhookError(error) ? `${words} (${error.code})` : words)
}

/** Where our own message speaks of options of the library. */
function wordsOfOurs(message: string): string | undefined {
  const [, schema] = /schema (\S+) has version 0,/.exec(message) ?? []
  if (schema !== undefined) return `there is no inbox in schema ${schema}`
  return message.includes('give it `encryption`')
    ? 'this inbox is sealed: give its keys with --keys-env'
    : undefined
}

/** By the SQLSTATE or the code of the system, of the error or of what caused it. */
function wordsOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const causes: unknown[] = [error.cause, ...(error instanceof AggregateError ? error.errors : [])]
  const code = 'code' in error ? WORDS[String(error.code)] : undefined
  return code ?? causes.map(wordsOf).find((words) => words !== undefined)
}
