import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createReceiver,
  type Inbox,
  memoryInbox,
  nodeRequest,
  type SecretSource,
  sendReply,
} from '@kyc-webhooks/core'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { type StandardEvent, standardWebhooks } from './standard-webhooks.ts'

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const otherSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const body = '{"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"c-1"}}'

interface Endpoint {
  handled: StandardEvent[]
  inbox: Inbox
  post(headers: Record<string, string>, body: string): Promise<{ status: number; code: string | undefined }>
}

async function endpoint(secrets: SecretSource = secret): Promise<Endpoint> {
  const inbox = memoryInbox()
  const handled: StandardEvent[] = []
  const receiver = createReceiver(standardWebhooks, {
    secret: secrets,
    inbox,
    onEvent: (event) => handled.push(event),
    logger: false,
  })
  const server = createServer(async (req, res) => {
    sendReply(res, await receiver.receive(nodeRequest(req, { remedy: 'none' })))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.close()
    await receiver.close()
    await inbox.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${receiver.path}`
  return {
    handled,
    inbox,
    async post(headers, body) {
      const reply = await fetch(url, { method: 'POST', headers, body })
      const text = await reply.text()
      return { status: reply.status, code: reply.ok ? undefined : JSON.parse(text).error.code }
    },
  }
}

/** Headers as the specification's own library makes them. */
function signed(text = body, id = 'msg_1', at = new Date(), by = secret): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(by).sign(id, at, text),
  }
}

test('a delivery signed by the specification’s library is accepted and becomes an event', async () => {
  const { post, handled } = await endpoint()
  expect(await post(signed(), body)).toEqual({ status: 200, code: undefined })
  await expect.poll(() => handled).toHaveLength(1)
  expect(handled[0]).toEqual({
    specversion: '1.0',
    id: 'msg_1',
    source: 'https://provider.example',
    type: 'contact.created',
    subject: 'c-1',
    time: '2022-11-03T20:26:10.344Z',
    datacontenttype: 'application/json',
    data: { id: 'c-1' },
    provider: 'standard',
  })
})

test('data beside the type is the data, and a time that is none is left out', async () => {
  const { post, handled } = await endpoint()
  const flat = '{"type":"contact.created","timestamp":"soon","name":"x"}'
  expect(await post(signed(flat), flat)).toMatchObject({ status: 200 })
  await expect.poll(() => handled).toHaveLength(1)
  expect(handled[0]).toMatchObject({ data: { name: 'x' } })
  expect(handled[0]).not.toHaveProperty('time')
})

test('the same id again is answered 200 and handled once', async () => {
  const { post, handled, inbox } = await endpoint()
  await post(signed(), body)
  expect(await post(signed(), body)).toMatchObject({ status: 200 })
  await expect.poll(async () => (await inbox.stats()).done).toBe(1)
  expect(handled).toHaveLength(1)
})

test('one right signature in the list is enough', async () => {
  const { post } = await endpoint()
  const right = signed()
  const wrong = signed(body, 'msg_1', new Date(), otherSecret)
  const both = `v1a,abc ${wrong['webhook-signature']} ${right['webhook-signature']}`
  expect(await post({ ...right, 'webhook-signature': both }, body)).toMatchObject({ status: 200 })
})

test('during a rotation on our side either secret signs', async () => {
  const { post } = await endpoint([otherSecret, secret])
  expect(await post(signed(), body)).toMatchObject({ status: 200 })
  expect(await post(signed(body, 'msg_2', new Date(), otherSecret), body)).toMatchObject({ status: 200 })
})

const longAgo = new Date(Date.now() - 600_000)
test.each([
  ['another body', { ...signed(`${body} `) }, 'signature-mismatch'],
  ['another id', { ...signed(), 'webhook-id': 'msg_2' }, 'signature-mismatch'],
  ['another secret', signed(body, 'msg_1', new Date(), otherSecret), 'signature-mismatch'],
  ['only an ed25519 signature', { ...signed(), 'webhook-signature': 'v1a,AAAA' }, 'signature-malformed'],
  ['an old timestamp', signed(body, 'msg_1', longAgo), 'timestamp-stale'],
])('%s is refused with 401', async (_, headers, code) => {
  const { post, inbox } = await endpoint()
  expect(await post(headers, body)).toEqual({ status: 401, code })
  expect(await inbox.events()).toEqual([])
})

test.each([
  ['an id with a full stop', body, 'msg.1', 'body-unusable'],
  ['a body without a type', '{"data":{}}', 'msg_1', 'body-unusable'],
  ['a body that is null', 'null', 'msg_1', 'body-unusable'],
  ['a body that is not JSON', 'hello', 'msg_1', 'body-not-json'],
])('%s goes to quarantine', async (_, text, id, code) => {
  const { post, inbox } = await endpoint()
  expect(await post(signed(text, id), text)).toEqual({ status: 400, code })
  expect(await inbox.quarantined()).toMatchObject([{ reason: code }])
})

test('a secret that is only its prefix is refused at start-up', async () => {
  await expect(endpoint('whsec_')).rejects.toMatchObject({ code: 'secret-malformed' })
})
