import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Arrived {
  path: string | undefined
  headers: IncomingMessage['headers']
  body: Buffer
}

/** A server that answers with one status after the other, the last one again and again; 0: never. Closed when the test is over. */
export async function listen(...statuses: readonly number[]): Promise<{ url: string; arrived: Arrived[] }> {
  const arrived: Arrived[] = []
  const server = createServer(async (req, res) => {
    const body = Buffer.concat(await req.toArray())
    const status = statuses[Math.min(arrived.length, statuses.length - 1)] ?? 200
    arrived.push({ path: req.url, headers: req.headers, body })
    if (status === 0) return
    res.writeHead(status).end(`status ${status}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, arrived }
}
