import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { KycWebhookError } from '../../../src/errors.ts'
import { type UipAudit, type UipAuditOptions, uipAudit } from '../../../src/providers/uip/uip-audit.ts'
import { API_KEY, type Asked, auditServer, documentedRecord } from './audit-server.ts'

/** A client, and what it asked. */
export interface Asking {
  audit: UipAudit
  asked: Asked[]
}

export const records: Readonly<Record<string, object>> = {
  audit_signed: documentedRecord,
  audit_declined: { ...documentedRecord, signed_accepted: false },
  'audit/odd ?#%': documentedRecord,
}
export const event = (audit_id: string): { data: { audit_id: string } } => ({ data: { audit_id } })

/** A client of UIP as its pages describe it. */
export async function asking(options: Partial<UipAuditOptions> = {}): Promise<Asking> {
  const { baseUrl, asked } = await auditServer(records)
  return { audit: uipAudit({ apiKey: API_KEY, baseUrl, ...options }), asked }
}

/** A client of a server that does something else. */
export async function facing(
  instead: (res: ServerResponse) => unknown,
  options: Partial<UipAuditOptions> = {},
): Promise<Asking> {
  const { baseUrl, asked } = await auditServer({}, (_, res) => instead(res))
  return { audit: uipAudit({ apiKey: API_KEY, baseUrl, ...options }), asked }
}

/** The error of a call. Neither the key nor a name from the answer is in it, however it is looked at. */
export async function errorOf(call: Promise<unknown>): Promise<KycWebhookError> {
  const error = await call.then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) => error as KycWebhookError,
  )
  const text = inspect(error, { depth: 10, showHidden: true }) + error.stack + JSON.stringify(error)
  expect(text).not.toContain(API_KEY)
  expect(text).not.toContain('John')
  return error
}
