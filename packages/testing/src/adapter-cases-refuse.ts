import { gzipSync } from 'node:zlib'
import { ERRORS, type RefusalCode } from '@kyc-webhooks/core'
import type { Response } from 'supertest'
import { expect } from 'vitest'
import type { AdapterCase } from './adapter-case.ts'
import { PATH, sampleBody, signedHeaders } from './adapter-samples.ts'
import { type RawReply, rawHead } from './raw-connection.ts'

const MiB = 1_048_576

/** 200 MiB of zeros as gzip, in 200 members (RFC 1952, section 2.2) of a kilobyte each. */
const bomb = (): Uint8Array => {
  const member = gzipSync(new Uint8Array(MiB))
  return new Uint8Array(Buffer.concat(Array<Buffer>(200).fill(member)))
}

/** The whole of core's reply to a rejected delivery, and nothing beside it but what Node adds. */
function expectRejection(reply: Pick<RawReply, 'status' | 'headers' | 'body'>, code: RefusalCode): void {
  const { status, message } = ERRORS[code]
  const { date, connection, 'keep-alive': keepAlive, ...headers } = reply.headers
  const body = JSON.stringify({ error: { code, message } })
  expect({ status: reply.status, headers, body: reply.body }).toEqual({
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...(status === 405 ? { allow: 'POST' } : {}),
    },
    body,
  })
}

const asRaw = ({ status, headers, text }: Response): RawReply => ({ status, headers, body: text })

/** What is refused, and how. */
export const refuseCases: readonly AdapterCase[] = [
  {
    name: 'every method but POST is a 405 that names it, and is none of the application',
    async run({ send }) {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
        expectRejection(asRaw(await send({ method })), 'method-not-allowed')
      }
      const { status, text, headers } = await send({ method: 'HEAD' })
      expect({ status, text, allow: headers.allow }).toEqual({ status: 405, text: undefined, allow: 'POST' })
    },
  },
  {
    name: 'a delivery without a signature is refused before its body is read',
    async run({ connect }) {
      const connection = connect()
      connection.write(rawHead('POST', PATH, [['Content-Length', '100']]))
      expectRejection(await connection.reply(), 'signature-missing')
    },
  },
  {
    name: 'a repeated signature is refused, whichever of the two is right',
    async run({ connect }) {
      const body = sampleBody()
      const headers = Object.entries(signedHeaders(body))
      const wrong = ['X-Webhook-Signature', '0'.repeat(64)] as const
      for (const both of [
        [wrong, ...headers],
        [...headers, wrong],
      ]) {
        const connection = connect()
        connection.write(rawHead('POST', PATH, [...both, ['Content-Length', String(body.length)]]))
        connection.write(body)
        expectRejection(await connection.reply(), 'header-repeated')
      }
    },
  },
  {
    name: 'a header named __proto__ does no harm',
    async run({ connect }) {
      const body = sampleBody()
      const headers = [...Object.entries(signedHeaders(body)), ['__proto__', 'x'] as const]
      const connection = connect()
      connection.write(rawHead('POST', PATH, [...headers, ['Content-Length', String(body.length)]]))
      connection.write(body)
      expect((await connection.reply()).status).toBe(200)
    },
  },
  {
    name: 'a compressed body is refused, also when what it holds is signed',
    async run({ send }) {
      const body = sampleBody()
      const bytes = gzipSync(body)
      for (const signed of [body, bytes]) {
        const headers = { ...signedHeaders(signed), 'Content-Encoding': 'gzip' }
        expectRejection(asRaw(await send({ body: bytes, headers })), 'encoding-not-supported')
      }
    },
  },
  {
    name: 'two hundred megabytes that were compressed to little are never inflated',
    async run({ send, deliver, inbox }) {
      const body = bomb()
      const startedAt = performance.now()
      const headers = { ...signedHeaders(body), 'Content-Encoding': 'gzip' }
      expectRejection(asRaw(await send({ body, headers })), 'encoding-not-supported')
      // Without a word of how they are coded they are bytes like any others.
      expectRejection(asRaw(await deliver(body)), 'body-not-json')
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      const [row] = await inbox.quarantined()
      expect(Buffer.compare(row?.body ?? Buffer.from('nothing in quarantine'), body)).toBe(0)
    },
  },
  {
    name: 'a length beyond the limit is refused before a byte of it has come',
    async run({ connect }) {
      const connection = connect()
      const headers = Object.entries(signedHeaders(sampleBody()))
      connection.write(rawHead('POST', PATH, [...headers, ['Content-Length', String(MiB + 1)]]))
      const reply = await connection.reply()
      expectRejection(reply, 'body-too-large')
      expect(reply.headers.connection).toBe('close')
      await connection.closed()
    },
  },
  {
    name: 'a chunked body is refused as soon as it passes the limit',
    async run({ connect }) {
      const connection = connect()
      const headers = Object.entries(signedHeaders(sampleBody()))
      connection.write(rawHead('POST', PATH, [...headers, ['Transfer-Encoding', 'chunked']]))
      connection.write(`${(MiB + 1).toString(16)}\r\n${'x'.repeat(MiB + 1)}`)
      const reply = await connection.reply()
      expectRejection(reply, 'body-too-large')
      expect(reply.headers.connection).toBe('close')
    },
  },
  {
    name: 'a body of exactly the limit is read',
    async run({ deliver }) {
      expectRejection(asRaw(await deliver(new Uint8Array(MiB).fill(0x20))), 'body-not-json')
    },
  },
  {
    name: 'a body that does not arrive in time is refused by a clock of our own',
    options: { readTimeoutMs: 100 },
    async run({ connect }) {
      const connection = connect()
      const headers = Object.entries(signedHeaders(sampleBody()))
      connection.write(rawHead('POST', PATH, [...headers, ['Content-Length', '100']]))
      connection.write('{')
      expectRejection(await connection.reply(), 'body-too-slow')
    },
  },
]
