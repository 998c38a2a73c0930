import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpRequest, nodeRequest, type Receiver, type Reply, sendReply } from '@kyc-webhooks/core'

export interface Serving {
  /** `http://127.0.0.1:3000` */
  readonly origin: string
  /** Stops listening, and closes every connection when the replies in hand are sent. */
  close(finished: Promise<unknown>): Promise<void>
}

/** Has receivers answer on their paths, and nothing else. Rejects when the port cannot be had. */
export async function serve(
  receivers: readonly Receiver[],
  { host, port }: { host: string; port: number },
  receive: (receiver: Receiver, request: HttpRequest) => Promise<Reply>,
): Promise<Serving> {
  const byPath = new Map(receivers.map((receiver) => [receiver.path, receiver]))
  const server = createServer(async (req, res) => {
    const receiver = byPath.get((req.url ?? '').split('?', 1)[0] ?? '')
    if (receiver === undefined) {
      res.writeHead(404, { 'Content-Length': 0 }).end()
      return
    }
    sendReply(res, await receive(receiver, nodeRequest(req, { remedy: 'nothing reads it here' })))
  })
  server.listen(port, host)
  await once(server, 'listening')
  return { origin: originOf(server), close: (finished) => close(server, finished) }
}

function originOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function close(server: Server, finished: Promise<unknown>): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  await finished
  server.closeAllConnections()
  await closed
}
