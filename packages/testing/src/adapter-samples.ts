import { createHmac } from 'node:crypto'

export const SECRET = 'whsec_5f0c2e7d9b41a6835f0c2e7d9b41a683'
/** Where a bare `pressWebhook` answers. */
export const PATH = '/webhooks/press'
/** Stands for personal data: it is in every sample, and must be in no log line and no reply. */
export const PERSON = '34890890'

/** A delivery as the payload reference of PRESS shows it, with one record. */
export function sampleBody(id = 'delivery-1'): Uint8Array {
  const record = {
    event_id: `event of ${id}`,
    uaekyc_id: Number(PERSON),
    event_ts: '2026-03-30T12:40:00.000Z',
  }
  const data = [{ type: 'ae.uaekyc.icp.immigration_entry.v1', records: [record] }]
  return new Uint8Array(Buffer.from(JSON.stringify({ specversion: '1.0', id, source: 's', data })))
}

/** The headers of a delivery: Signature Verification, How the Signature is Computed. */
export function signedHeaders(body: Uint8Array, at: number = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000))
  const signature = createHmac('sha256', SECRET).update(`${timestamp}.`).update(body).digest('hex')
  return {
    'Content-Type': 'application/json',
    'X-Webhook-Timestamp': timestamp,
    'X-Webhook-Signature': signature,
  }
}
