import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Reply } from '../src/request.ts'
import { sendReply } from '../src/send-reply.ts'

const reply: Reply = {
  status: 413,
  headers: { 'content-type': 'application/json', 'content-length': '4', connection: 'close' },
  body: '"é"',
}
const raw = (bytes: string) => bytes.replaceAll(/(?<=\r\n)(Date|Keep-Alive): .*?\r\n/g, '')
const ON_THE_WIRE =
  'HTTP/1.1 413 Payload Too Large\r\ncontent-type: application/json\r\ncontent-length: 4\r\nconnection: close\r\n\r\n"é"'

async function connected(handler: (req: IncomingMessage, res: ServerResponse, socket: Socket) => unknown) {
  const server = http.createServer((req, res) => handler(req, res, socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  return socket
}

async function received(socket: Socket): Promise<string> {
  let text = ''
  for await (const bytes of socket.setEncoding('utf8')) text += bytes
  return raw(text)
}

test('goes out as it stands, whatever was put on the response before', async () => {
  const socket = await connected((_req, res) => {
    res.setHeader('X-Powered-By', 'Express')
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    res.statusMessage = 'Not Found'
    sendReply(res, reply)
  })
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1')
  expect(await received(socket)).toBe(ON_THE_WIRE)
})

test('keeps the connection when the request has come to its end', async () => {
  const { connection: _, ...headers } = reply.headers
  const socket = await connected(async (req, res) => {
    await once(req.resume(), 'end')
    sendReply(res, { ...reply, headers })
  })
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1')
  await once(socket, 'data')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await received(socket)).toContain('HTTP/1.1 413')
})

test("leaves the server's own `connection: close` while it shuts down", async () => {
  const socket = await connected(async (req, res) => {
    res.setHeader('Connection', 'close')
    await once(req.resume(), 'end')
    sendReply(res, { ...reply, headers: { 'content-length': '4' } })
  })
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await received(socket)).toContain('close')
})

test('closes the connection when the request still comes in', async () => {
  const socket = await connected((_req, res) => {
    sendReply(res, { ...reply, headers: { 'content-length': '4' } })
  })
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab')
  await once(socket, 'data')
  socket.write('c')
  await once(socket.resume(), 'close')
})

test('reaches a client that reads only when it has sent everything', async () => {
  const socket = await connected((_req, res) => sendReply(res, reply))
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n')
  const send = promisify((bytes: Uint8Array, done: (error?: Error | null) => void) =>
    socket.write(bytes, done),
  )
  await send(Buffer.alloc(5_000_000))
  expect(await received(socket)).toBe(ON_THE_WIRE)
})

test('a client that never stops sending is cut off after a second', async () => {
  const socket = await connected((_req, res) => sendReply(res, reply))
  const startedAt = performance.now()
  socket.on('error', () => {}).write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000000\r\n\r\n')
  const sending = setInterval(() => socket.write(Buffer.alloc(1_000)), 5)
  onTestFinished(() => clearInterval(sending))
  await once(socket.resume(), 'close')
  expect(performance.now() - startedAt).toBeGreaterThan(900)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})

test('a request that ends after all ends the connection at once', async () => {
  const socket = await connected((_req, res) => sendReply(res, reply))
  const startedAt = performance.now()
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
  await once(socket, 'data')
  socket.write('abc')
  await once(socket.resume(), 'close')
  expect(performance.now() - startedAt).toBeLessThan(500)
})

test('a client that leaves while it is sending, or before the reply, does no harm', async () => {
  const left = Promise.withResolvers<void>()
  const socket = await connected(async (req, res, client) => {
    if (req.url === '/gone') {
      client.resetAndDestroy()
      await once(res, 'close')
    }
    sendReply(res, reply)
    if (req.url === '/leaves') client.resetAndDestroy()
    res.on('close', left.resolve)
    if (res.closed) left.resolve()
  })
  socket.on('error', () => {})
  socket.write('POST /gone HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
  await left.promise
  await sleep(10)
})

test('a response that somebody else has sent is left alone', async () => {
  const socket = await connected((_req, res) => {
    res.writeHead(503, { connection: 'close' }).end()
    sendReply(res, reply)
  })
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await received(socket)).toMatch(/^HTTP\/1.1 503/)
})

test('goes over HTTP/2, which has neither status texts nor a connection header', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const server = http2.createServer((_req, res) => {
    sendReply(res as unknown as ServerResponse, reply)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    process.off('warning', onWarning)
    client.destroy()
    server.close()
  })
  const stream = client.request({ ':method': 'POST' }, { endStream: false })
  const [headers] = await once(stream, 'response')
  expect(headers).toMatchObject({ ':status': 413, 'content-length': '4' })
  expect((await once(stream, 'data')).toString()).toBe('"é"')
  expect(warnings).toEqual([])
})
