import { KycWebhookError } from '../../errors.ts'
import { duration, invalid, positive } from '../../option-checks.ts'
import { Unusable } from '../../provider.ts'
import { isObject } from '../fields.ts'
import { auditFailure, noAnswerWithin, notOk } from './audit-failure.ts'
import { readJson } from './read-json.ts'
import type { AuditedEvent, AuditScope, UipAuditRecord, UipOutcome } from './uip-audit-record.ts'

/** What `uipAudit` can be told. */
export interface UipAuditOptions {
  /** The API key of the Business Dashboard. `undefined` is an error at start-up. */
  apiKey: string | undefined
  /** Time for one question, from its start to the end of the answer, in milliseconds. @default 10_000 */
  timeoutMs?: number | undefined
  /** Largest answer, in bytes: the signed attachments are in it. @default 33_554_432 (32 MiB) */
  maxBytes?: number | undefined
  /** Where the API is. Without TLS only on the same machine, for tests. @default 'https://api.uip.digital/v1' */
  baseUrl?: string | undefined
}

/**
 * UIP's Audit API. Calls reject with `audit-refused` or `audit-unavailable`, or with the reason of their signal: let a handler
 * throw it on, and it runs again later. No error holds the key or anything of the record.
 */
export interface UipAudit {
  /** Was it signed or declined? */
  outcome(event: AuditedEvent, scope?: AuditScope): Promise<UipOutcome>
  /** The whole record. Personal data. */
  record(auditId: string, scope?: AuditScope): Promise<UipAuditRecord>
}

/** A client of UIP's Audit API, over the `fetch` of Node.js. Throws a `KycWebhookError` when the key or an option is missing or wrong. */
export function uipAudit(options: UipAuditOptions): UipAudit {
  const { timeoutMs = 10_000, maxBytes = 33_554_432, baseUrl = 'https://api.uip.digital/v1' } = options
  const authorization = `Bearer ${checkedKey(options.apiKey)}`
  const base = checkedBase(baseUrl)
  duration('timeoutMs', timeoutMs)
  positive('maxBytes', maxBytes)

  async function record(auditId: string, { signal: outer }: AuditScope = {}): Promise<UipAuditRecord> {
    const url = `${base}/audit/${checkedId(auditId)}`
    const timeUp = AbortSignal.timeout(timeoutMs)
    const signal = outer === undefined ? timeUp : AbortSignal.any([outer, timeUp])
    try {
      const headers = { authorization, accept: 'application/json' }
      // A redirect would lead somewhere else.
      const reply = await fetch(url, { headers, signal, redirect: 'error' })
      // What is not the record need not be JSON.
      if (!reply.ok) throw notOk(reply.status, await readJson(reply, maxBytes).catch(() => undefined))
      return recordOf(await readJson(reply, maxBytes))
    } catch (error) {
      outer?.throwIfAborted()
      throw timeUp.aborted ? noAnswerWithin(timeoutMs) : auditFailure(error)
    }
  }

  return {
    record,
    async outcome({ data }, scope) {
      const { signed_accepted: isSigned } = await record(data.audit_id, scope)
      return isSigned ? 'signed' : 'declined'
    },
  }
}

/** Anything but true and false is no outcome: taken for false, a record that is not complete would be a refusal to sign. */
function recordOf(body: unknown): UipAuditRecord {
  const audit = isObject(body) ? body.audit : undefined
  if (!isObject(audit) || typeof audit.signed_accepted !== 'boolean')
    throw new Unusable('the answer has no `audit.signed_accepted`')
  return { ...audit, signed_accepted: audit.signed_accepted }
}

/** Visible ASCII: of anything else Node.js would say in an error that it is no header, and quote it. */
function checkedKey(apiKey: unknown): string {
  if (typeof apiKey !== 'string' || apiKey === '')
    throw new KycWebhookError(
      'secret-missing',
      'set `apiKey` to what the Business Dashboard shows; is the environment variable set in this process?',
    )
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new KycWebhookError(
      'secret-malformed',
      '`apiKey` has white space or letters that no key has; was it read from a file with a trailing newline?',
    )
  return apiKey
}

/** Without TLS the key would be read on the way. */
function checkedBase(baseUrl: string): string {
  const wanted = 'an https: URL; http: only for this machine'
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : invalid('baseUrl', wanted)
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) invalid('baseUrl', wanted)
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    invalid('baseUrl', `${wanted}, with nothing but a path`)
  return url.href.replace(/\/$/, '')
}

/** An id that would lead to another path is none. */
function checkedId(auditId: unknown): string {
  const isId = typeof auditId === 'string' && /[^.]/.test(auditId) && auditId.isWellFormed()
  if (!isId) throw new KycWebhookError('audit-refused', 'there is no audit id to ask for')
  return encodeURIComponent(auditId)
}
