import { createHmac, randomBytes } from 'node:crypto'
import { type JsonObject, pressEvents } from '@kyc-webhooks/simulator'
import type { LoadOrder, Scheme } from './order.ts'

/** One request as bytes on the wire: the head and the beginning of the body, and the rest of a large one, which many share. */
export interface Request {
  head: Buffer
  tail?: Buffer
}

/** Bodies to choose from; what differs between their deliveries is the id. */
const BODIES = 64
/** Of a body, what is copied for each delivery. The id is in it. */
const COPIED_BYTES = 1_024

/** Makes requests that are new each time: signed, with an id that no other has. */
export function requests({ scheme, secret, bodyBytes }: LoadOrder): () => Request {
  if (scheme === 'none') {
    const request = { head: Buffer.from('GET /other HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n') }
    return () => request
  }
  const bodies = Array.from({ length: BODIES }, (_, seed) => pressBody(seed, bodyBytes))
  const prefix = randomBytes(8).toString('hex').toUpperCase()
  let made = 0
  return () => {
    const body = bodies[made % BODIES]
    if (body === undefined) throw new Error('no body')
    const id = `${prefix}${String(made++).padStart(10, '0')}`
    body.bytes.write(id, body.idAt, 'latin1')
    const lines = [
      'POST /webhooks/press HTTP/1.1',
      'Host: 127.0.0.1',
      `Content-Type: ${scheme === 'press' ? 'application/cloudevents+json' : 'application/json'}`,
      ...signatures[scheme](body.bytes, id, secret),
      `Content-Length: ${body.bytes.length}`,
    ]
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
    const copied = Buffer.concat([head, body.bytes.subarray(0, COPIED_BYTES)])
    return bodyBytes <= COPIED_BYTES ? { head: copied } : { head: copied, tail: body.tail }
  }
}

/** A body of PRESS's payload reference, one record, filled up to a size with fields of the usual kind. */
function pressBody(seed: number, size: number): { bytes: Buffer; tail: Buffer; idAt: number } {
  const bodyOf = (fields: JsonObject) => pressEvents({ seed }).envelope({ IMMIGRATION_ENTRY: 1 }, fields)
  const bare = Buffer.from(bodyOf({}).body).length
  const change = { field: 'passport_expiry', before: '2027-03-14', after: '2037-03-13', by: seed }
  const changes = Array.from(
    { length: Math.max(0, Math.floor((size - bare - 64) / (JSON.stringify(change).length + 1))) },
    () => change,
  )
  const short = size - Buffer.from(bodyOf({ changes, note: '' }).body).length
  const { id, body } = bodyOf(size > bare + 64 ? { changes, note: 'x'.repeat(Math.max(0, short)) } : {})
  const bytes = Buffer.from(body)
  const idAt = bytes.indexOf(String(id))
  if (id?.length !== 26 || idAt < 0 || idAt + id.length > COPIED_BYTES)
    throw new Error('the id is not where it was')
  return { bytes, tail: bytes.subarray(COPIED_BYTES), idAt }
}

/** The lines of the head that prove a body, by who asks for them. */
const signatures: Record<Exclude<Scheme, 'none'>, (body: Buffer, id: string, secret: string) => string[]> = {
  press: (body, id, secret) => {
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
    return [
      `X-Webhook-Id: ${id}`,
      `X-Webhook-Timestamp: ${timestamp}`,
      `X-Webhook-Signature: ${signature}`,
      'X-Webhook-Delivery-Attempt: 1',
    ]
  },
  github: (body, id, secret) => [
    'X-GitHub-Event: ping',
    `X-GitHub-Delivery: ${id}`,
    `X-Hub-Signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  ],
  standard: (body, id, secret) => {
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
    return [`webhook-id: ${id}`, `webhook-timestamp: ${timestamp}`, `webhook-signature: v1,${signature}`]
  },
}
