import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'

/** What a rival does with a delivery whose body was read: resolves to the status of its reply. */
export type Receive = (headers: IncomingHttpHeaders, body: Buffer) => number | Promise<number>

/**
 * A way to serve: the framework as people use it for bytes, and nothing else. Resolves to a server that is not listening.
 * Each is loaded where it is used, so that no process holds the others.
 */
export type Framework = (receive: Receive) => Promise<Server>

export const PATH = '/webhooks/press'
export const REPLY = '{"status":"accepted"}'
/** The rest of the application, in each server: a page of about 2 KB. */
export const OTHER: { items: object[] } = {
  items: Array.from({ length: 30 }, (_, id) => ({ id, name: `item number ${id}`, price: id * 99 })),
}
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

export const frameworks: Record<'node' | 'express' | 'koa' | 'fastify', Framework> = {
  node: async (receive) =>
    createServer((req, res) => {
      if (req.method !== 'POST') return void res.writeHead(200, JSON_TYPE).end(JSON.stringify(OTHER))
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', async () => {
        const status = await receive(req.headers, Buffer.concat(chunks))
        res.writeHead(status, { ...JSON_TYPE, 'content-length': REPLY.length }).end(REPLY)
      })
    }),
  express: async (receive) => {
    const { default: express } = await import('express')
    const app = express()
    app.post(PATH, express.raw({ type: () => true, limit: '2mb' }), async (req, res) => {
      res
        .status(await receive(req.headers, req.body))
        .type('json')
        .send(REPLY)
    })
    app.get('/other', (_req, res) => void res.json(OTHER))
    return createServer(app)
  },
  koa: async (receive) => {
    const { default: Koa } = await import('koa')
    const app = new Koa()
    app.use(async (ctx) => {
      if (ctx.path === '/other') {
        ctx.body = OTHER
        return
      }
      const chunks: Buffer[] = []
      for await (const chunk of ctx.req) chunks.push(chunk)
      ctx.status = await receive(ctx.headers, Buffer.concat(chunks))
      ctx.type = 'json'
      ctx.body = REPLY
    })
    return createServer(app.callback())
  },
  fastify: async (receive) => {
    const { default: Fastify } = await import('fastify')
    const app = Fastify({ bodyLimit: 2 ** 21 })
    app.get('/other', async () => OTHER)
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.post<{ Body: Buffer }>(PATH, async (request, reply) => {
      reply.code(await receive(request.headers, request.body)).type('application/json')
      return REPLY
    })
    await app.ready()
    return app.server
  },
}
