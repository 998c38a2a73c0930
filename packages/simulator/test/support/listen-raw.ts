import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection as the receiver's end saw it. */
export interface Connection {
  /** When a piece came, in milliseconds since the connection was made, and what was in it. */
  pieces: { atMs: number; text: string }[]
  /** Headers and body so far. */
  head(): string
  body(): string
  /** Resolves when the sender has closed it, with milliseconds since it was made. */
  closed: Promise<number>
}

export interface RawListener {
  url: string
  connections: Connection[]
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

/** A bare TCP server on 127.0.0.1 until the test is over, which hears what an HTTP server would hide. */
export async function listenRaw(
  onPiece: (connection: Connection, socket: Socket) => void,
): Promise<RawListener> {
  const connections: Connection[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const start = performance.now()
    const ms = () => performance.now() - start
    const closed = Promise.withResolvers<number>()
    const pieces: Connection['pieces'] = []
    const text = () => pieces.map((piece) => piece.text).join('')
    const connection: Connection = {
      pieces,
      head: () => text().split('\r\n\r\n')[0] ?? '',
      body: () => text().split('\r\n\r\n')[1] ?? '',
      closed: closed.promise,
    }
    connections.push(connection)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => closed.resolve(ms()))
    socket.on('data', (chunk) => {
      pieces.push({ atMs: ms(), text: chunk.toString() })
      onPiece(connection, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}/`, connections }
}
