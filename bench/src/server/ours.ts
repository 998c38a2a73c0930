import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Inbox } from '@kyc-webhooks/core'
import { OTHER } from './frameworks.ts'
import type { ServerOrder } from './order.ts'

export type Storage = 'memory' | 'sqlite' | 'sqlite-inline' | 'postgres'

let handled = 0
/** Handlers that were run in this process. */
export const handledSoFar = (): number => handled

/** Our middleware as the README shows it, and the rest of the application beside it. */
export const ours: Record<
  'express' | 'koa' | 'fastify',
  (order: ServerOrder, storage: Storage) => Promise<Server>
> = {
  express: async (order, storage) => {
    const { default: express } = await import('express')
    const { pressWebhook } = await import('@kyc-webhooks/express')
    const webhook = pressWebhook(await options(order, storage))
    const app = express()
    app.use(webhook)
    app.get('/other', (_req, res) => void res.json(OTHER))
    await webhook.ready
    return createServer(app)
  },
  koa: async (order, storage) => {
    const { default: Koa } = await import('koa')
    const { pressWebhook } = await import('@kyc-webhooks/koa')
    const webhook = pressWebhook(await options(order, storage))
    const app = new Koa()
    app.use(webhook)
    app.use((ctx) => {
      ctx.body = OTHER
    })
    await webhook.ready
    return createServer(app.callback())
  },
  fastify: async (order, storage) => {
    const { default: Fastify } = await import('fastify')
    const { pressWebhook } = await import('@kyc-webhooks/fastify')
    const app = Fastify()
    app.register(pressWebhook, await options(order, storage))
    app.get('/other', async () => OTHER)
    await app.ready()
    return app.server
  },
}

async function options(order: ServerOrder, storage: Storage) {
  const { secret, handlers, log = false } = order
  const work =
    handlers === undefined
      ? { receiveOnly: true }
      : {
          concurrency: handlers,
          onEvent: () => {
            handled++
          },
        }
  return { secret, inbox: await inbox(order, storage), ...work, ...(log ? {} : { logger: false as const }) }
}

async function inbox({ folder, postgresUrl }: ServerOrder, storage: Storage): Promise<Inbox> {
  if (storage === 'memory') {
    const { memoryInbox } = await import('@kyc-webhooks/core')
    return memoryInbox()
  }
  if (storage === 'postgres') {
    const { postgresInbox } = await import('@kyc-webhooks/postgres')
    if (postgresUrl === undefined) throw new Error('no Postgres')
    return postgresInbox({ connectionString: postgresUrl })
  }
  const { sqliteInbox } = await import('@kyc-webhooks/sqlite')
  return sqliteInbox({ file: join(folder, 'inbox.db'), thread: storage === 'sqlite' })
}
