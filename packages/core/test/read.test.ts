import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Rejection } from '../src/errors.ts'
import { nodeRequest } from '../src/node-request.ts'
import { chunked, declared, limits, type Prepare, reading, remedy, trickle, utf8 } from './support/reading.ts'

const rejected = (code: Rejection['code']) => expect.objectContaining({ code })

describe('the unread stream', () => {
  test('bytes arrive as they were sent, also when writes cut through a character', async () => {
    const { socket, outcome } = await reading()
    const body = Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from('é€😀 $& $$'), 0xff, 0x00, 0x0d, 0x0a])
    socket.write(declared(body.length))
    await trickle(socket, body)
    expect(await outcome).toEqual(new Uint8Array(body))
  })

  test('chunks of a chunked body are put together', async () => {
    const { socket, outcome } = await reading()
    socket.write(`${chunked}1\r\na\r\n2\r\nbc\r\n3;ext=1\r\ndef\r\n0\r\n\r\n`)
    expect(await outcome).toEqual(utf8('abcdef'))
  })

  test.each([
    ['no body at all', 'POST / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a length of 0', declared(0)],
    ['an empty chunked body', `${chunked}0\r\n\r\n`],
  ])('%s is no bytes', async (_name, head) => {
    const { socket, outcome } = await reading()
    socket.write(head)
    expect(await outcome).toHaveLength(0)
  })

  test('a pause or a look from somebody else does not stop it', async () => {
    const { socket, outcome } = await reading((req) => {
      req.on('data', () => {})
      req.pause()
    })
    socket.write(`${declared(3)}abc`)
    expect(await outcome).toEqual(utf8('abc'))
  })

  test('a body in one-byte chunks takes about its own memory', async () => {
    const { socket, outcome } = await reading(undefined, { maxBytes: 300_000, timeoutMs: 10_000 })
    const before = process.memoryUsage().arrayBuffers
    socket.write(chunked)
    for (let sent = 0; sent < 256; sent++) socket.write('1\r\nx\r\n'.repeat(1024))
    socket.write('0\r\n\r\n')
    expect(await outcome).toHaveLength(256 * 1024)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000)
  })
})

describe('limits', () => {
  test('exactly the limit is read', async () => {
    const { socket, outcome } = await reading()
    socket.write(declared(64) + 'x'.repeat(64))
    expect(await outcome).toHaveLength(64)
  })

  test('a declared length beyond it is refused before a byte has come', async () => {
    const { socket, outcome } = await reading()
    socket.write(declared(9_999_999_999_999))
    expect(await outcome).toEqual(rejected('body-too-large'))
  })

  test('a chunked body is refused as soon as it passes it', async () => {
    const { socket, outcome } = await reading()
    socket.write(`${chunked}41\r\n${'x'.repeat(65)}\r\n`)
    expect(await outcome).toEqual(rejected('body-too-large'))
  })

  test('a body that trickles is given up after the time-out, whatever comes meanwhile', async () => {
    let listeners = () => -1
    const prepare: Prepare = (req) => {
      listeners = () => req.listenerCount('data')
    }
    const { socket, outcome } = await reading(prepare, { maxBytes: 64, timeoutMs: 60 })
    socket.write(declared(64))
    const startedAt = performance.now()
    void trickle(socket, Buffer.alloc(40))
    expect(await outcome).toEqual(rejected('body-too-slow'))
    expect(performance.now() - startedAt).toBeGreaterThan(50)
    expect(listeners(), 'nothing is kept of what still comes').toBe(0)
  })
})

describe('a body that was cut off', () => {
  test.each<[string, string, (socket: Socket) => void]>([
    ['end of the connection', `${declared(64)}abc`, (socket) => socket.end()],
    ['reset of the connection', `${declared(64)}abc`, (socket) => socket.resetAndDestroy()],
    ['no last chunk', `${chunked}3\r\nabc\r\n`, (socket) => socket.end()],
    ['nothing but the head', declared(64), (socket) => socket.resetAndDestroy()],
  ])('%s', async (_name, bytes, cut) => {
    const { socket, outcome } = await reading()
    socket.write(bytes)
    await sleep(20)
    cut(socket)
    expect(await outcome).toEqual(rejected('body-incomplete'))
  })

  test('before we come to read it', async () => {
    const { socket, outcome } = await reading((req) => new Promise((done) => req.on('close', done)))
    socket.write(`${declared(64)}abc`)
    await sleep(20)
    socket.destroy()
    expect(await outcome).toEqual(rejected('body-incomplete'))
  })

  test('a reset HTTP/2 stream, which ends like a whole one', async () => {
    const { promise: outcome, resolve } = Promise.withResolvers<unknown>()
    const server = http2.createServer((req, res) => {
      const asHttp1 = req as unknown as IncomingMessage
      nodeRequest(asHttp1, { remedy }).readBody(limits).then(resolve, resolve)
      req.on('close', () => res.destroy())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const stream = client.request({ ':method': 'POST' }, { endStream: false })
    stream.on('error', () => {}).write('abc')
    await sleep(20)
    stream.destroy()
    expect(await outcome).toEqual(rejected('body-incomplete'))
  })
})

describe('a request that is not of Node', () => {
  const made = (stream: Readable, complete?: boolean) =>
    Object.assign(stream, {
      rawHeaders: ['a', 'b'],
      headers: {},
      socket: { remoteAddress: '192.0.2.1' },
      ...(complete === undefined ? {} : { complete }),
    }) as unknown as IncomingMessage

  const readMade = (req: IncomingMessage) => nodeRequest(req, { remedy }).readBody(limits)

  test('and does not know whether it is complete is whole when it ends', async () => {
    expect(new Uint8Array(await readMade(made(Readable.from([Buffer.from('abc')]))))).toEqual(utf8('abc'))
  })

  test('and ends, but says that it is not complete, is cut off', async () => {
    const read = readMade(made(Readable.from([Buffer.from('abc')]), false))
    await expect(read).rejects.toEqual(rejected('body-incomplete'))
  })

  test.each([
    ['closes', true, undefined],
    ['fails', false, new Error('reset')],
  ])('and only %s is cut off', async (_name, emitClose, error) => {
    const stream = new Readable({ read() {}, emitClose })
    const read = readMade(made(stream))
    stream.destroy(error)
    await expect(read).rejects.toEqual(rejected('body-incomplete'))
  })
})

test('the head is passed on as received', async () => {
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof nodeRequest>>()
  const { socket } = await reading((req) => resolve(nodeRequest(req, { remedy })))
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n__proto__: 3\r\n\r\n')
  const { method, rawHeaders, remoteAddress, tls } = await promise
  expect({ method, rawHeaders, remoteAddress, tls }).toEqual({
    method: 'POST',
    rawHeaders: ['Host', 'x', 'X-A', '1', 'x-a', '2', '__proto__', '3'],
    remoteAddress: '127.0.0.1',
    tls: undefined,
  })
})
