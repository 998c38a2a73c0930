import { once } from 'node:events'
import { memoryInbox } from '@kyc-webhooks/core'
import { SECRET, sampleBody, send, signedHeaders } from '@kyc-webhooks/testing'
import express5, { type Express, type RequestHandler } from 'express'
import express4 from 'express4'
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
async function statuses(app: Express, ...requests: string[]): Promise<string[]> {
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

const goOn: RequestHandler = (_req, _res, next) => next()

describe.each([
  ['Express 5', express5, '/{*any}'],
  ['Express 4', express4, '*'],
])('%s', (_name, express, everything) => {
  test('mounted on a path, it answers there and not below', async () => {
    const app = express().use('/hooks/press', press())
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

  test('in a route, it answers what the route lets through', async () => {
    const app = express().post('/in', press()).all('/of/:tenant/press', goOn, press())
    expect(
      await statuses(app, 'POST /in', 'GET /in', 'POST /of/a/press', 'GET /of/b/press', 'POST /other'),
    ).toEqual([
      'POST /in: 200',
      'GET /in: 404',
      'POST /of/a/press: 200',
      'GET /of/b/press: 405',
      'POST /other: 404',
    ])
  })

  test('a route that was passed through before does not count', async () => {
    const app = express().all(everything, goOn).post('/in', press('/not/here')).use(press())
    expect(await statuses(app, 'POST /webhooks/press', 'POST /other', 'GET /other', 'POST /in')).toEqual([
      'POST /webhooks/press: 200',
      'POST /other: 404',
      'GET /other: 404',
      'POST /in: 404',
    ])
  })

  test('a route whose handlers a tracing tool has wrapped counts', async () => {
    const webhook = press()
    const wrapped: RequestHandler = (req, res, next) => webhook(req, res, next)
    const app = express().post('/in', Object.assign(wrapped, webhook))
    expect(await statuses(app, 'POST /in')).toEqual(['POST /in: 200'])
  })

  test('in a router, paths are relative to it', async () => {
    const router = express.Router().use(press()).post('/in', press())
    expect(
      await statuses(
        express().use('/api', router),
        'POST /api/webhooks/press',
        'POST /api/in',
        'POST /api/x',
      ),
    ).toEqual(['POST /api/webhooks/press: 200', 'POST /api/in: 200', 'POST /api/x: 404'])
  })

  test('a path that was given is the only one', async () => {
    const router = express.Router().use(press('/in/press/'))
    const app = express().use('/api', router).use(press('/in'))
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
