import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Rejection } from '../../src/errors.ts'
import { nodeRequest } from '../../src/node-request.ts'
import type { ReadLimits } from '../../src/request.ts'

export const limits: ReadLimits = { maxBytes: 64, timeoutMs: 2_000 }
export const remedy = 'move the parser'

/** What happens to a request before we read it. */
export type Prepare = (req: IncomingMessage & { rawBody?: unknown; body?: unknown }) => unknown

/** A real server that prepares each request as a middleware in front of us would, then reads it. */
export async function reading(
  prepare: Prepare = () => {},
  within: ReadLimits = limits,
): Promise<{ socket: Socket; outcome: Promise<Uint8Array | Rejection>; close: () => void }> {
  const { promise: outcome, resolve } = Promise.withResolvers<Uint8Array | Rejection>()
  const server = http.createServer(async (req, res) => {
    await prepare(req)
    const read = nodeRequest(req, { remedy }).readBody(within)
    resolve(
      await read.then(
        (bytes) => new Uint8Array(bytes),
        (error: unknown) => error as Rejection,
      ),
    )
    res.end()
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {}).setNoDelay()
  const close = () => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { socket, outcome, close }
}

export const declared = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`

export const chunked = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'

/** Writes that reach the server one by one. */
export async function trickle(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    socket.write(Uint8Array.of(byte))
    await sleep(1)
  }
}

export const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
