import { once } from 'node:events'
import { buffer, json } from 'node:stream/consumers'
import { adapterContract, type MakeAdapterApp } from '@kyc-webhooks/testing'
import Koa3, { type Middleware } from 'koa'
import Koa2 from 'koa2'
import { pressWebhook } from '../src/index.ts'

/** What the body parsers of Koa do: read the stream, leave the result on the request. */
const parser =
  (parse: (stream: NodeJS.ReadableStream) => Promise<unknown>): Middleware =>
  async (ctx, next) => {
    Object.assign(ctx.request, { body: await parse(ctx.req) })
    await next()
  }

const on =
  (method: string, path: string, ...[handler]: [Middleware]): Middleware =>
  (ctx, next) =>
    ctx.method === method && ctx.path === path ? handler(ctx, next) : next()

const echo: Middleware = async (ctx) => {
  ctx.body = { parsed: await json(ctx.req) }
}

const makeApp =
  (Koa: typeof Koa3): MakeAdapterApp =>
  async ({ options, inFront, onAppError }) => {
    const onError: Middleware = async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        onAppError()
        ctx.status = 418
        ctx.body = (error as Error).stack
      }
    }
    const webhook = pressWebhook(options)
    const app = new Koa()
    app.silent = true // It prints every connection that breaks off.
    app.use(onError)
    if (inFront === 'json-parser') app.use(parser(json))
    if (inFront === 'raw-parser') app.use(parser(buffer))
    app.use(on('POST', '/before', echo))
    app.use(webhook)
    app.use(on('POST', '/after', echo))
    app.use(
      on('GET', '/hello', (ctx) => {
        ctx.body = 'hello'
      }),
    )
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      server,
      async close() {
        server.close()
        await webhook.close()
      },
    }
  }

adapterContract('Koa 3', makeApp(Koa3))
adapterContract('Koa 2', makeApp(Koa2))
