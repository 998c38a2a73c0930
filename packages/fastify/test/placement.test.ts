import { memoryInbox, type PressEvent, type ReceiverOptions } from '@kyc-webhooks/core'
import { SECRET, sampleBody, signedHeaders } from '@kyc-webhooks/testing'
import Fastify, {
  type FastifyInstance,
  type FastifyServerOptions,
  type onRequestAsyncHookHandler,
} from 'fastify'
import rawBody from 'fastify-raw-body'
import { expect, onTestFinished, test } from 'vitest'
import { pressWebhook } from '../src/index.ts'

const options = (): ReceiverOptions<PressEvent> => ({
  secret: SECRET,
  onEvent() {},
  inbox: memoryInbox(),
  logger: false,
})

function appWith(server: FastifyServerOptions = {}): FastifyInstance {
  const app = Fastify(server)
  onTestFinished(() => app.close())
  return app
}

/** What becomes of a delivery, or of a request with another method. */
async function statuses(app: FastifyInstance, ...requests: string[]): Promise<string[]> {
  const replies: string[] = []
  for (const request of requests) {
    const [method, url] = request.split(' ') as ['POST' | 'GET', string]
    const payload = Buffer.from(sampleBody(request))
    const sent = method === 'GET' ? {} : { payload, headers: signedHeaders(payload) }
    replies.push(`${request}: ${(await app.inject({ method, url, ...sent })).statusCode}`)
  }
  return replies
}

test('it answers below its prefix', async () => {
  const app = appWith()
  app.register(pressWebhook, { ...options(), prefix: '/api' })
  expect(
    await statuses(app, 'POST /api/webhooks/press', 'POST /api/webhooks/press/', 'POST /webhooks/press'),
  ).toEqual(['POST /api/webhooks/press: 200', 'POST /api/webhooks/press/: 200', 'POST /webhooks/press: 404'])
})

test('a path that was given is the only one, also when it is nothing but the prefix', async () => {
  const app = appWith()
  app.register(pressWebhook, { ...options(), path: '/in' })
  app.register(pressWebhook, { ...options(), path: '/', prefix: '/hooks/press' })
  expect(
    await statuses(
      app,
      'POST /in',
      'GET /in/',
      'POST /hooks/press',
      'GET /hooks/press/',
      'POST /webhooks/press',
    ),
  ).toEqual([
    'POST /in: 200',
    'GET /in/: 405',
    'POST /hooks/press: 200',
    'GET /hooks/press/: 405',
    'POST /webhooks/press: 404',
  ])
})

test('an application that ignores trailing slashes has one route for both', async () => {
  const app = appWith({ routerOptions: { ignoreTrailingSlash: true } })
  app.register(pressWebhook, options())
  expect(await statuses(app, 'POST /webhooks/press', 'POST /webhooks/press/')).toEqual([
    'POST /webhooks/press: 200',
    'POST /webhooks/press/: 200',
  ])
})

test("the application's own parsers are neither used nor changed", async () => {
  const app = appWith()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, `text: ${body}`))
  app.addContentTypeParser('application/cloudevents+json', (_request, _payload, done) =>
    done(new Error('not for us')),
  )
  app.register(pressWebhook, options())
  app.post('/after', async (request) => ({ parsed: request.body }))
  expect(await statuses(app, 'POST /webhooks/press')).toEqual(['POST /webhooks/press: 200'])
  const payload = Buffer.from(sampleBody('cloudevent'))
  const headers = { ...signedHeaders(payload), 'Content-Type': 'application/cloudevents+json' }
  expect((await app.inject({ method: 'POST', url: '/webhooks/press', payload, headers })).statusCode).toBe(
    200,
  )
  const json = await app.inject({ method: 'POST', url: '/after', payload: { a: 1 } })
  expect(json.json()).toEqual({ parsed: { a: 1 } })
  const text = await app.inject({
    method: 'POST',
    url: '/after',
    payload: 'x',
    headers: { 'content-type': 'a/b' },
  })
  expect(text.json()).toEqual({ parsed: 'text: x' })
})

test.each([{}, { runFirst: true }, { encoding: false }, { encoding: false, runFirst: true }] as const)(
  'fastify-raw-body for every route does no harm: %o',
  async (settings) => {
    const app = appWith({ bodyLimit: 64 })
    await app.register(rawBody, settings)
    app.register(pressWebhook, options())
    app.post('/after', async (request) => ({ raw: String(request.rawBody) }))
    expect(await statuses(app, 'POST /webhooks/press')).toEqual(['POST /webhooks/press: 200'])
    expect((await app.inject({ method: 'POST', url: '/after', payload: { a: 1 } })).json()).toEqual({
      raw: '{"a":1}',
    })
  },
)

test('hooks of the application run: those on the request before us, those on the response after', async () => {
  const app = appWith()
  const order: string[] = []
  app.addHook('onRequest', async (_request, reply) => {
    order.push('onRequest')
    reply.header('set-cookie', 'session=1')
  })
  app.addHook('preHandler', async () => void order.push('preHandler'))
  app.addHook('onSend', async () => void order.push('onSend'))
  app.addHook('onResponse', async (_request, reply) => void order.push(`onResponse ${reply.statusCode}`))
  app.register(pressWebhook, options())
  const payload = Buffer.from(sampleBody())
  const headers = signedHeaders(payload)
  const reply = await app.inject({ method: 'POST', url: '/webhooks/press', payload, headers })
  expect(reply.headers).not.toHaveProperty('set-cookie')
  expect(order).toEqual(['onRequest', 'onResponse 200'])
})

test('a rate limit that a plugin puts on every route holds for ours', async () => {
  const app = appWith()
  app.addHook('onRoute', (route) => {
    const limit: onRequestAsyncHookHandler = async (_request, reply) => reply.code(429).send()
    route.onRequest = [route.onRequest ?? [], limit].flat()
  })
  app.register(pressWebhook, options())
  expect(await statuses(app, 'POST /webhooks/press')).toEqual(['POST /webhooks/press: 429'])
})
