import { once } from 'node:events'
import http, { type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { createReceiver, type Inbox, nodeRequest, press, type Receiver, sendReply } from '@kyc-webhooks/core'
import type { MakeAdapterApp } from '../src/index.ts'

/** A request as the application's own parts see it. */
export interface AppRequest extends IncomingMessage {
  body?: unknown
}

/** An adapter for an application on nothing but `node:http`. */
export type Adapter = (
  receiver: Receiver,
  req: AppRequest,
  res: ServerResponse,
  next: () => Promise<void>,
) => Promise<void>

/** One that does what the contract asks. */
export const plainAdapter: Adapter = async (receiver, req, res, next) => {
  if (req.url?.split('?')[0]?.replace(/\/$/, '') !== receiver.path) return next()
  sendReply(res, await receiver.receive(nodeRequest(req, { remedy: 'move the body parser' })))
}

/** The application of the contract, with an adapter in its middle. */
export const appWith =
  (adapter: Adapter, serverOptions: ServerOptions = {}): MakeAdapterApp =>
  async ({ options, inFront, onAppError }) => {
    const receiver = createReceiver(press(options), { ...options, inbox: options.inbox as Inbox })

    const route = async (req: AppRequest, res: ServerResponse): Promise<void> => {
      if (inFront !== 'nothing') req.body = await buffer(req)
      if (inFront === 'json-parser') req.body = JSON.parse(String(req.body))
      if (req.url === '/before') return echo(req, res)
      await adapter(receiver, req, res, async () => {
        if (req.url === '/after') return echo(req, res)
        if (req.url === '/hello') res.end('hello')
        else res.writeHead(404, { 'content-type': 'text/plain' }).end()
      })
    }

    const server = http.createServer(serverOptions, (req, res) => {
      route(req, res).catch((error: Error) => {
        onAppError()
        res.writeHead(418).end(error.stack)
      })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return {
      server,
      async close() {
        server.close()
        await receiver.close()
      },
    }
  }

async function echo(req: AppRequest, res: ServerResponse): Promise<void> {
  const parsed = JSON.parse(String(await buffer(req)))
  res.setHeader('content-type', 'application/json').end(JSON.stringify({ parsed }))
}
