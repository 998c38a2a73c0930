import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export const API_KEY: string = 'uip_live_4f9d2c7a1b6e8053'

/** The record that UIP's page shows, "Success Response (200 OK)". */
export const documentedRecord: Readonly<Record<string, unknown>> = {
  created_at: '2025-01-11T14:30:00Z',
  requester_uip_id: 'business_abc123',
  requester_sign_intent: 'Sign Employment Contract',
  requester_sign_information: 'Please review and sign your employment contract by January 31, 2025.',
  signatoree_uip_id: 'user_def456',
  message_ref: 'msg_xyz789abc123',
  attachment_refs: ['audit_abc123___msg_xyz789___contract.pdf'],
  audit_type: 'message',
  requester_name: 'HR Manager',
  signatoree_name: 'John Doe',
  requester_business_name: 'Acme Corp',
  signed_accepted: true,
}

const attachments = [
  { filename: 'contract.pdf', content_type: 'application/pdf', content: 'JVBERi0xLjQK', size: 245678 },
]

/** What somebody asked. */
export interface Asked {
  method: string | undefined
  url: string | undefined
  authorization: string | undefined
}

export interface AuditServer {
  baseUrl: string
  asked: Asked[]
}

/** Instead of what the page says, for some ids. */
type Instead = (req: IncomingMessage, res: ServerResponse) => unknown

/** Behaves as UIP's pages "Get Audit Record" and "Error Handling" say, on records of its own. */
export async function auditServer(
  records: Readonly<Record<string, object>>,
  instead?: Instead,
): Promise<AuditServer> {
  const asked: Asked[] = []
  const server = createServer((req, res) => {
    const { method, url, headers } = req
    asked.push({ method, url, authorization: headers.authorization })
    if (instead !== undefined) return instead(req, res)
    const [, id] = /^\/v1\/audit\/([^/]*)$/.exec(url ?? '') ?? []
    const record = id === undefined ? undefined : records[decodeURIComponent(id)]
    if (method !== 'GET' || id === undefined) return fail(res, 404, 'request/not-found')
    if (headers.authorization === undefined) return fail(res, 401, 'auth/missing-api-key')
    if (headers.authorization !== `Bearer ${API_KEY}`) return fail(res, 401, 'auth/revoked-api-key')
    if (id === '') return fail(res, 400, 'request/invalid-path')
    if (record === undefined) return fail(res, 404, 'resource/not-found')
    return json(res, 200, { audit: record, attachments })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked }
}

/** "All UIP API errors follow a consistent JSON structure." The text of this one quotes what must not be passed on. */
export function fail(res: ServerResponse, status: number, code: string): void {
  json(res, status, { error: `John Doe: ${code}`, code })
}

export function json(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
