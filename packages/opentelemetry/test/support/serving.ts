import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createReceiver,
  type Inbox,
  memoryInbox,
  nodeRequest,
  type PressEvent,
  press,
  type ReceiverOptions,
  sendReply,
} from '@kyc-webhooks/core'
import { onTestFinished, vi } from 'vitest'

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
export const PERSON = '784193112345671'

export interface Serving {
  inbox: Inbox
  /** Signs an event of PRESS and sends it over a connection of its own. Resolves to the status. */
  post: (
    event?: object,
    how?: { secret?: string; headers?: Record<string, string>; sentAt?: number },
  ) => Promise<number>
  /** Resolves when nothing is left to handle. */
  idle: () => Promise<void>
}

/** A receiver of PRESS behind a real server. `aroundRequest` stands for what traces the server. */
export async function serving(
  options: Partial<ReceiverOptions<PressEvent>> = {},
  aroundRequest: (call: () => Promise<void>) => Promise<void> = (call) => call(),
): Promise<Serving> {
  const inbox = options.inbox ?? memoryInbox()
  const receiver = createReceiver(press(), {
    secret: SECRET,
    onEvent: () => {},
    logger: false,
    ...options,
    inbox,
  })
  const server = http.createServer(
    (req, res) =>
      void aroundRequest(async () =>
        sendReply(res, await receiver.receive(nodeRequest(req, { remedy: '' }))),
      ),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await receiver.close()
    await inbox.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    inbox,
    async post(event = {}, { secret = SECRET, headers = {}, sentAt = Date.now() } = {}) {
      const body = JSON.stringify({ ...envelope, id: `evt-${count++}`, ...event })
      const timestamp = String(Math.floor(sentAt / 1_000))
      const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
      const signed = { 'X-Webhook-Timestamp': timestamp, 'X-Webhook-Signature': signature }
      const all = { 'Content-Type': 'application/cloudevents+json', ...signed, ...headers }
      const req = http
        .request({ port, host: '127.0.0.1', method: 'POST', headers: all, agent: false })
        .end(body)
      const [res] = (await once(req, 'response')) as [IncomingMessage]
      res.resume()
      return res.statusCode ?? 0
    },
    async idle() {
      await vi.waitUntil(async () => (await inbox.health()).depth === 0, { timeout: 5_000, interval: 5 })
    },
  }
}

let count = 0

const envelope = {
  specversion: '1.0',
  type: 'ae.uaekyc.icp.immigration_entry.v1',
  source: '/uaekyc/press',
  subject: PERSON,
  time: '2026-03-30T12:45:00Z',
  datacontenttype: 'application/json',
  data: { uaekyc_id: PERSON, event_ts: '2026-03-30T12:45:00Z' },
}
