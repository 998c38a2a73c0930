import { once } from 'node:events'
import { type KycEvent, memoryInbox, type Provider, press } from '@kyc-webhooks/core'
import { SECRET, sampleBody, send, signedHeaders } from '@kyc-webhooks/testing'
import express, { type ErrorRequestHandler } from 'express'
import { expect, onTestFinished, test } from 'vitest'
import * as adapter from '../src/index.ts'

const secrets = { press: SECRET, uip: SECRET, advanceAi: Buffer.alloc(32).toString('base64') }
const rest = () => ({ onEvent() {}, inbox: memoryInbox(), logger: false as const })

async function serverWith(...webhooks: adapter.WebhookMiddleware[]) {
  const app = express()
  for (const webhook of webhooks) app.use(webhook)
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return server
}

test('the public names', () => {
  expect(Object.keys(adapter).sort()).toEqual(['advanceAiWebhook', 'pressWebhook', 'uipWebhook', 'webhook'])
})

test('each provider has a path of its own, and one of your own making may join them', async () => {
  const own: Provider<KycEvent> = { ...press(), name: 'own' }
  const server = await serverWith(
    adapter.pressWebhook({ secret: secrets.press, ...rest() }),
    adapter.uipWebhook({ secret: secrets.uip, ...rest() }),
    adapter.advanceAiWebhook({ secret: secrets.advanceAi, ...rest() }),
    adapter.webhook(own, { secret: SECRET, ...rest() }),
  )
  for (const name of ['press', 'uip', 'advance-ai', 'own']) {
    const { status, body } = await send(server, { path: `/webhooks/${name}`, body: sampleBody() })
    expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'signature-missing' })
  }
  expect((await send(server, { path: '/webhooks/other', body: sampleBody() })).status).toBe(404)
})

test('what another middleware fails with when the reply is sent is the application’s to handle', async () => {
  const app = express()
  app.use((_req, res, next) => {
    // As `on-headers` does, which sessions and compression are made with.
    res.writeHead = () => {
      Reflect.deleteProperty(res, 'writeHead')
      throw new Error('no valid cookie')
    }
    next()
  })
  app.use(adapter.pressWebhook({ secret: secrets.press, ...rest() }))
  const failed: unknown[] = []
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    failed.push(error.message)
    res.status(500).json({})
  }
  app.use(onError)
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  expect((await send(server, { path: '/webhooks/press', body: sampleBody() })).status).toBe(500)
  expect(failed).toEqual(['no valid cookie'])
})

test('options of the provider are options of the webhook', async () => {
  const body = sampleBody()
  for (const [secretForm, status] of [
    ['whole', 200],
    ['unprefixed', 401],
  ] as const) {
    const server = await serverWith(adapter.pressWebhook({ secret: SECRET, secretForm, ...rest() }))
    const path = '/webhooks/press'
    expect((await send(server, { path, body, headers: signedHeaders(body) })).status).toBe(status)
  }
})

test('a secret that is missing is an error where the webhook is made', () => {
  const make = () => adapter.pressWebhook({ secret: undefined, ...rest() })
  expect(make).toThrow(expect.objectContaining({ code: 'secret-missing' }))
})

test('it is ready when the inbox is open; closed, it has what comes sent again, and leaves your inbox open', async () => {
  const inbox = memoryInbox()
  const webhook = adapter.pressWebhook({ secret: SECRET, ...rest(), inbox })
  await webhook.ready
  const server = await serverWith(webhook)
  await Promise.all([webhook.close(), webhook.close()])
  const body = sampleBody()
  const reply = await send(server, { path: webhook.receiver.path, body, headers: signedHeaders(body) })
  expect({ status: reply.status, code: reply.body.error.code }).toEqual({
    status: 503,
    code: 'receiver-closed',
  })
  expect(await inbox.stats()).toMatchObject({ waiting: 0 })
})

test('an inbox that cannot be opened shows in `ready`, and every delivery is a 503', async () => {
  const inbox = memoryInbox()
  inbox.open = () => Promise.reject(new Error('no such directory'))
  inbox.record = () => Promise.reject(new Error('not open'))
  const webhook = adapter.pressWebhook({ secret: SECRET, ...rest(), inbox })
  await expect(webhook.ready).rejects.toThrow('no such directory')
  const server = await serverWith(webhook)
  const body = sampleBody()
  expect((await send(server, { path: '/webhooks/press', body, headers: signedHeaders(body) })).status).toBe(
    503,
  )
})
