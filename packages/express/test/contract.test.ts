import { once } from 'node:events'
import type { Server } from 'node:http'
import { adapterContract, type MakeAdapterApp } from '@kyc-webhooks/testing'
import express5, { type ErrorRequestHandler, type RequestHandler } from 'express'
import express4 from 'express4'
import { pressWebhook } from '../src/index.ts'

const makeApp =
  (express: typeof express5): MakeAdapterApp =>
  async ({ options, inFront, onAppError }) => {
    const echo: RequestHandler = (req, res) => {
      res.json({ parsed: req.body })
    }
    const onError: ErrorRequestHandler = (error, _req, res, _next) => {
      onAppError()
      res.status(418).send(error.stack)
    }
    const webhook = pressWebhook(options)
    const app = express()
    if (inFront === 'json-parser') app.use(express.json())
    if (inFront === 'raw-parser') app.use(express.raw({ type: '*/*', limit: '2mb' }))
    app.post('/before', express.json(), echo)
    app.use(webhook)
    app.use(express.json())
    app.post('/after', echo)
    app.get('/hello', (_req, res) => {
      res.send('hello')
    })
    app.use(onError)
    const server: Server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      server,
      async close() {
        server.close()
        await webhook.close()
      },
    }
  }

adapterContract('Express 5', makeApp(express5))
adapterContract('Express 4', makeApp(express4))
