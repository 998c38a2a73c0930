import { buffer } from 'node:stream/consumers'
import { adapterContract, type MakeAdapterApp } from '@kyc-webhooks/testing'
import Fastify, { type RouteHandlerMethod } from 'fastify'
import { pressWebhook } from '../src/index.ts'

const makeApp: MakeAdapterApp = async ({ options, inFront, onAppError }) => {
  const echo: RouteHandlerMethod = async (request) => ({ parsed: request.body })
  const app = Fastify()
  app.setErrorHandler((error: Error, _request, reply) => {
    onAppError()
    return reply.status(418).send(error.stack)
  })
  if (inFront !== 'nothing') {
    // Parsers of Fastify run after us wherever they are; only a hook can read a body before.
    app.addHook('onRequest', async (request) => {
      const bytes = await buffer(request.raw)
      request.body = inFront === 'json-parser' ? JSON.parse(bytes.toString()) : bytes
    })
  }
  app.post('/before', echo)
  app.register(pressWebhook, options)
  app.post('/after', echo)
  app.get('/hello', async () => 'hello')
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { server: app.server, close: () => app.close() }
}

adapterContract('Fastify 5', makeApp)
