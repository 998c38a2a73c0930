import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { endToEnd } from './end-to-end.ts'
import { Upstream } from './upstream.ts'

export interface ProxyOptions {
  /** How often receivers are asked whether they are ready, in milliseconds. @default 200 */
  lookEveryMs?: number
}

/** A load balancer, as small as can be. */
export interface Proxy {
  url: string
  close(): Promise<void>
}

/**
 * Spreads what comes over the receivers that are ready, in turns. One that takes no connection has seen nothing of a
 * delivery, so the next is tried. What breaks later is a 502 and never tried again: it may have been recorded, and whether
 * to repeat it is for its sender to say.
 */
export async function startProxy(
  ports: readonly number[],
  { lookEveryMs = 200 }: ProxyOptions = {},
): Promise<Proxy> {
  const upstreams = ports.map((port) => new Upstream(port))
  let turn = 0
  const server = createServer(async (incoming, reply) => {
    const first = turn++
    for (const index of upstreams.keys()) {
      const upstream = upstreams[(first + index) % upstreams.length]
      if (!upstream?.isReady) continue
      const socket = await upstream.connect()
      if (socket !== undefined) return forward(incoming, reply, socket)
    }
    end(incoming, reply, 503)
  })
  await Promise.all(upstreams.map((upstream) => upstream.look()))
  for (const upstream of upstreams) void upstream.watch(lookEveryMs)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const upstream of upstreams) upstream.close()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** One delivery over one connection, which carries no other. */
function forward(incoming: IncomingMessage, reply: ServerResponse, socket: Socket): void {
  const { method, url: path } = incoming
  const address = incoming.socket.remoteAddress ?? 'unknown'
  const headers = [...endToEnd(incoming.rawHeaders), 'X-Forwarded-For', address]
  const outgoing = request({ createConnection: () => socket, method, path, headers })
  outgoing.on('response', (answer) => {
    reply.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders))
    answer.on('error', () => reply.destroy()).pipe(reply)
  })
  outgoing.on('error', () => {
    if (reply.destroyed) return
    if (reply.headersSent) reply.destroy()
    else end(incoming, reply, 502)
  })
  // Its sender has gone, or it is done.
  reply.on('close', () => outgoing.destroy())
  if (reply.destroyed) outgoing.destroy()
  else incoming.pipe(outgoing)
}

/** Ends it without a receiver. What still comes in is thrown away. */
function end(incoming: IncomingMessage, reply: ServerResponse, status: 502 | 503): void {
  incoming.unpipe()
  incoming.resume()
  reply.writeHead(status, { 'Retry-After': '1' }).end()
}
