import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createReceiver, type KycEvent, memoryInbox, type Provider, press } from '@kyc-webhooks/core'
import { PATH, SECRET, sampleBody, signedHeaders } from '@kyc-webhooks/testing'
import Fastify, { type FastifyInstance } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import * as adapter from '../src/index.ts'

const secrets = { press: SECRET, uip: SECRET, advanceAi: Buffer.alloc(32).toString('base64') }
const rest = () => ({ onEvent() {}, inbox: memoryInbox(), logger: false as const })

async function deliver(app: FastifyInstance, url: string = PATH) {
  const payload = Buffer.from(sampleBody())
  return app.inject({ method: 'POST', url, payload, headers: signedHeaders(payload) })
}

test('the public names', () => {
  expect(Object.keys(adapter).sort()).toEqual(['advanceAiWebhook', 'pressWebhook', 'uipWebhook', 'webhook'])
})

test('each provider has a path of its own, and one of your own making may join them', async () => {
  const own: Provider<KycEvent> = { ...press(), name: 'own' }
  const app = Fastify()
  app.register(adapter.pressWebhook, { secret: secrets.press, ...rest() })
  app.register(adapter.uipWebhook, { secret: secrets.uip, ...rest() })
  app.register(adapter.advanceAiWebhook, { secret: secrets.advanceAi, ...rest() })
  app.register(adapter.webhook(own), { secret: SECRET, ...rest() })
  onTestFinished(() => app.close())
  for (const name of ['press', 'uip', 'advance-ai', 'own']) {
    const reply = await app.inject({ method: 'POST', url: `/webhooks/${name}`, payload: '{}' })
    expect({ status: reply.statusCode, code: reply.json().error.code }).toEqual({
      status: 401,
      code: 'signature-missing',
    })
  }
})

test('options of the provider are options of the plugin', async () => {
  for (const [secretForm, status] of [
    ['whole', 200],
    ['unprefixed', 401],
  ] as const) {
    const app = Fastify()
    app.register(adapter.pressWebhook, { secret: SECRET, secretForm, ...rest() })
    onTestFinished(() => app.close())
    expect((await deliver(app)).statusCode).toBe(status)
  }
})

test('bytes that a hook has left in `rawBody` are taken, whatever is in `body`', async () => {
  const app = Fastify()
  app.decorateRequest('rawBody')
  app.addHook('onRequest', async (request) => {
    const rawBody = await buffer(request.raw)
    Object.assign(request, { rawBody, body: JSON.parse(rawBody.toString()) })
  })
  app.register(adapter.pressWebhook, { secret: SECRET, ...rest() })
  onTestFinished(() => app.close())
  expect((await deliver(app)).statusCode).toBe(200)
})

test('an application without a usable secret or inbox does not start', async () => {
  const inbox = memoryInbox()
  inbox.open = () => Promise.reject(new Error('no such directory'))
  for (const [options, error] of [
    [{ secret: undefined, ...rest() }, expect.objectContaining({ code: 'secret-missing' })],
    [{ secret: SECRET, ...rest(), inbox }, expect.objectContaining({ message: 'no such directory' })],
  ] as const) {
    const app = Fastify()
    app.register(adapter.pressWebhook, options)
    await expect(app.ready()).rejects.toEqual(error)
    await app.close()
  }
})

test('closing the application closes the receiver, after the requests in hand, and leaves your inbox open', async () => {
  const inbox = memoryInbox()
  const record = inbox.record.bind(inbox)
  const app = Fastify()
  app.register(adapter.pressWebhook, { secret: SECRET, ...rest(), inbox, budgetMs: 2_000 })
  await app.ready()
  const closing = Promise.withResolvers<unknown>()
  inbox.record = async (receipt) => {
    closing.resolve(app.close())
    await new Promise((done) => setTimeout(done, 20))
    return record(receipt)
  }
  expect((await deliver(app)).statusCode).toBe(200)
  await closing.promise
  // The name of a receiver is free again when it is closed, and its inbox still takes one.
  const next = createReceiver(press(), { secret: SECRET, ...rest(), inbox })
  await next.ready
  await next.close()
})

test('over HTTP/2', async () => {
  const app = Fastify({ http2: true })
  app.register(adapter.pressWebhook, { secret: SECRET, ...rest() })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = http2.connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    return app.close()
  })
  const body = sampleBody()
  const stream = client.request({ ':method': 'POST', ':path': PATH, ...signedHeaders(body) })
  stream.end(body)
  const [headers] = await once(stream, 'response')
  expect(headers).toMatchObject({ ':status': 200, 'content-type': 'application/json' })
})
