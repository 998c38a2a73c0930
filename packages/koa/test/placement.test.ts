import { once } from 'node:events'
import Router from '@koa/router'
import { memoryInbox } from '@kyc-webhooks/core'
import { SECRET, sampleBody, send, signedHeaders } from '@kyc-webhooks/testing'
import Koa3, { type Middleware } from 'koa'
import mount from 'koa-mount'
import Koa2 from 'koa2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { pressWebhook, type WebhookMiddleware } from '../src/index.ts'

function press(path?: string): WebhookMiddleware {
  const where = path === undefined ? {} : { path }
  const webhook = pressWebhook({
    secret: SECRET,
    onEvent() {},
    inbox: memoryInbox(),
    logger: false,
    ...where,
  })
  onTestFinished(webhook.close)
  return webhook
}

/** What becomes of a delivery, or of a request with another method. */
async function statuses(app: Pick<Koa3, 'listen'>, ...requests: string[]): Promise<string[]> {
  const server = app.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const replies: string[] = []
  for (const request of requests) {
    const [method, path] = request.split(' ') as ['POST' | 'GET', string]
    const body = sampleBody(request)
    const sent = method === 'GET' ? {} : { body, headers: signedHeaders(body) }
    replies.push(`${request}: ${(await send(server, { method, path, ...sent })).status}`)
  }
  return replies
}

const goOn: Middleware = (_ctx, next) => next()

describe.each([
  ['Koa 3', Koa3],
  ['Koa 2', Koa2],
])('%s', (_name, Koa) => {
  test('mounted on a path by koa-mount, it answers there and not below', async () => {
    const app = new Koa().use(mount('/hooks/press', press()))
    expect(
      await statuses(
        app,
        'POST /hooks/press',
        'POST /hooks/press/',
        'GET /hooks/press',
        'POST /hooks/press/x',
        'POST /webhooks/press',
        'POST /',
      ),
    ).toEqual([
      'POST /hooks/press: 200',
      'POST /hooks/press/: 200',
      'GET /hooks/press: 405',
      'POST /hooks/press/x: 404',
      'POST /webhooks/press: 404',
      'POST /: 404',
    ])
  })

  test('in a route of @koa/router, it answers what the route lets through', async () => {
    const router = new Router({ prefix: '/api' }).post('/in', press()).all('/of/:tenant/press', goOn, press())
    const app = new Koa().use(router.routes()).use(router.allowedMethods())
    expect(
      await statuses(
        app,
        'POST /api/in',
        'GET /api/in',
        'POST /api/of/a/press',
        'GET /api/of/b/press',
        'POST /other',
      ),
    ).toEqual([
      'POST /api/in: 200',
      'GET /api/in: 405',
      'POST /api/of/a/press: 200',
      'GET /api/of/b/press: 405',
      'POST /other: 404',
    ])
  })

  test('a route or a mount path that was passed through before does not count', async () => {
    const router = new Router().all(/.*/, goOn)
    const app = new Koa().use(mount('/other', goOn)).use(router.routes()).use(press())
    expect(await statuses(app, 'POST /webhooks/press', 'POST /other', 'GET /other', 'POST /')).toEqual([
      'POST /webhooks/press: 200',
      'POST /other: 404',
      'GET /other: 404',
      'POST /: 404',
    ])
  })

  test('for all routes of a router, it answers on its path alone', async () => {
    const theirs: Middleware = (ctx) => {
      ctx.status = 204
    }
    const router = new Router().use(press()).post('/x', theirs).post('/webhooks/press', theirs)
    expect(await statuses(new Koa().use(router.routes()), 'POST /x', 'POST /webhooks/press')).toEqual([
      'POST /x: 204',
      'POST /webhooks/press: 200',
    ])
  })

  test('a path that was given is the only one', async () => {
    const app = new Koa().use(mount('/api', press('/in/press/'))).use(press('/in'))
    expect(
      await statuses(app, 'POST /api/in/press', 'POST /api', 'POST /in', 'POST /in/', 'POST /webhooks/press'),
    ).toEqual([
      'POST /api/in/press: 200',
      'POST /api: 404',
      'POST /in: 200',
      'POST /in/: 200',
      'POST /webhooks/press: 404',
    ])
  })
})
