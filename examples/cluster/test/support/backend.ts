import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** Stands for a receiver behind the proxy. */
export interface Backend {
  port: number
  isReady: boolean
  /** What was sent to it, other than the question whether it is ready. */
  readonly received: { url: string | undefined; rawHeaders: string[]; body: Buffer }[]
  /** What it does with that, when all is there. @default replies 200 */
  act: (reply: ServerResponse, incoming: IncomingMessage) => void
  /** Takes no connections any more. */
  goAway(): Promise<void>
}

export async function startBackend(): Promise<Backend> {
  const server = createServer(async (incoming, reply) => {
    if (incoming.url === '/readyz') return reply.writeHead(backend.isReady ? 200 : 503).end()
    const body = await buffer(incoming)
    const { url, rawHeaders } = incoming
    backend.received.push({ url, rawHeaders, body })
    return backend.act(reply, incoming)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const backend: Backend = {
    port: (server.address() as AddressInfo).port,
    isReady: true,
    received: [],
    act: (reply) => reply.end(),
    async goAway() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  onTestFinished(() => backend.goAway())
  return backend
}
