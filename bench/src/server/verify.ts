import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const TOLERANCE_S = 300

/** The check that PRESS's page asks for, as people write it: the HMAC, and nothing else. */
export function hasSignature(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const expected = createHmac('sha256', secret)
    .update(`${headers['x-webhook-timestamp']}.`)
    .update(body)
    .digest()
  const signature = Buffer.from(String(headers['x-webhook-signature']), 'hex')
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}

/** The delivery id of one that is authentic and fresh. */
export function verifiedId(headers: IncomingHttpHeaders, body: Buffer, secret: string): string | undefined {
  const age = Math.abs(Date.now() / 1_000 - Number(headers['x-webhook-timestamp']))
  if (!(age <= TOLERANCE_S) || !hasSignature(headers, body, secret)) return undefined
  return JSON.parse(body.toString()).id
}
