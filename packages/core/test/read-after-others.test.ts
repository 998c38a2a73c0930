import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Rejection } from '../src/errors.ts'
import { nodeRequest } from '../src/node-request.ts'
import { chunked, declared, limits, type Prepare, reading, remedy, utf8 } from './support/reading.ts'

const rejected = (code: Rejection['code']) => expect.objectContaining({ code })

async function drain(req: IncomingMessage) {
  for await (const _chunk of req);
}

describe('bytes that were left for us', () => {
  const wanted = utf8('{"a": 1.0}')

  test.each<[string, Prepare]>([
    [
      'rawBody beside a parsed body',
      (req) => Object.assign(req, { rawBody: Buffer.from(wanted), body: { a: 1 } }),
    ],
    ['body as a Buffer', (req) => Object.assign(req, { body: Buffer.from(wanted) })],
    ['body as a Uint8Array', (req) => Object.assign(req, { body: wanted })],
  ])('%s', async (_name, leave) => {
    const { socket, outcome } = await reading(async (req) => {
      await drain(req)
      leave(req)
    })
    socket.write(`${declared(10)}{"a": 1.0}`)
    expect(await outcome).toEqual(wanted)
  })

  test('are held to the limit', async () => {
    const { socket, outcome } = await reading((req) => Object.assign(req, { body: Buffer.alloc(65) }))
    socket.write(chunked)
    expect(await outcome).toEqual(rejected('body-too-large'))
  })

  test('are not taken for the whole when they are fewer than declared', async () => {
    const { socket, outcome } = await reading((req) => Object.assign(req, { body: Buffer.alloc(9) }))
    socket.write(declared(10))
    expect(await outcome).toEqual(rejected('body-incomplete'))
  })

  test('by a serverless platform, on a request that it has rebuilt', async () => {
    const req = Object.assign(new http.IncomingMessage({ remoteAddress: '192.0.2.1' } as Socket), {
      method: 'POST',
      headers: { 'content-length': 10, 'x-list': ['a', 'b'] },
      body: Buffer.from(wanted),
    }) as unknown as IncomingMessage
    const request = nodeRequest(req, { remedy })
    expect(request.rawHeaders).toEqual(['content-length', '10', 'x-list', 'a', 'x-list', 'b'])
    expect(new Uint8Array(await request.readBody(limits))).toEqual(wanted)
  })
})

describe('a body that somebody else has read', () => {
  test.each<[string, Prepare]>([
    ['to its end', drain],
    ['and parsed', (req) => drain(req).then(() => Object.assign(req, { body: { a: 1 } }))],
    ['and left as text', (req) => drain(req).then(() => Object.assign(req, { rawBody: '{"a": 1.0}' }))],
    ['in part', (req) => once(req, 'data').then(() => req.pause())],
    ['and is reading still', (req) => req.on('readable', () => {})],
    ['as text from now on', (req) => req.setEncoding('utf8')],
    ['by piping it on', (req) => once(req.pipe(new PassThrough()), 'data')],
  ])('%s: an error that names the line to move, at once', async (_name, take) => {
    const { socket, outcome } = await reading(take)
    socket.write(`${declared(10)}{"a": 1.0}`)
    expect(await outcome).toEqual({ code: 'body-consumed', detail: remedy })
  })

  test('is no bytes when it was empty', async () => {
    const { socket, outcome } = await reading(drain)
    socket.write(`${chunked}0\r\n\r\n`)
    expect(await outcome).toHaveLength(0)
  })
})
