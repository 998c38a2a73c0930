import { expect } from 'vitest'
import type { AdapterCase } from './adapter-case.ts'
import { PATH, sampleBody, signedHeaders } from './adapter-samples.ts'
import { rawHead } from './raw-connection.ts'

const json = { 'Content-Type': 'application/json' }

/** The rest of the application, and other deliveries on the same connection. */
export const neighbourCases: readonly AdapterCase[] = [
  {
    name: 'the rest of the application parses JSON as before, on either side of us',
    async run({ send, deliver }) {
      for (const path of ['/before', '/after']) {
        const { status, text } = await send({ path, headers: json, body: Buffer.from('{ "a":1.0 }') })
        expect({ path, status, text }).toEqual({ path, status: 200, text: '{"parsed":{"a":1}}' })
      }
      expect((await deliver(sampleBody())).status).toBe(200)
    },
  },
  {
    name: 'every other request goes on, unread',
    async run({ send, deliver }) {
      expect((await send({ method: 'GET', path: '/hello' })).text).toBe('hello')
      const theirs = await send({ method: 'GET', path: '/of-nobody' })
      expect(theirs.status).toBe(404)
      for (const path of ['/', `${PATH}/x`, `${PATH}x`, `${PATH}//`, '/webhooks', '/x/webhooks/press']) {
        const body = sampleBody()
        const { status, headers } = await send({ path, body, headers: signedHeaders(body) })
        expect({ path, status, type: headers['content-type'] }).toEqual({
          path,
          status: 404,
          type: theirs.headers['content-type'],
        })
      }
      expect((await deliver(sampleBody())).status).toBe(200)
    },
  },
  {
    name: 'a parser in front that leaves the bytes does no harm',
    inFront: 'raw-parser',
    async run({ deliver, handledUntil }) {
      const spaced = Buffer.from(Buffer.from(sampleBody()).toString().replaceAll(',', ' , '))
      expect((await deliver(spaced)).status).toBe(200)
      await handledUntil(1)
      const changed = await deliver(spaced, { 'X-Webhook-Signature': '0'.repeat(64) })
      expect(changed.status).toBe(401)
    },
  },
  {
    name: 'a parser of JSON in front is a 500 at once, and a log line that says what to move',
    inFront: 'json-parser',
    async run({ deliver, logged, handled }) {
      const startedAt = performance.now()
      const { status, text } = await deliver(sampleBody())
      expect({ status, code: JSON.parse(text).error?.code }).toEqual({ status: 500, code: 'body-consumed' })
      expect(performance.now() - startedAt).toBeLessThan(1_000)
      expect((await logged('body-consumed')).detail).toMatch(/parser|hook/)
      expect(text).not.toMatch(/parser|hook|\bat\b/)
      expect(handled).toEqual([])
    },
  },
  {
    name: 'a refused delivery leaves the connection to the next one',
    async run({ connect, handledUntil }) {
      const body = sampleBody()
      const length = ['Content-Length', String(body.length)] as const
      const connection = connect()
      const wrong = { ...signedHeaders(body), 'X-Webhook-Signature': '0'.repeat(64) }
      connection.write(rawHead('POST', PATH, [...Object.entries(wrong), length]))
      connection.write(body)
      expect((await connection.reply()).status).toBe(401)
      connection.write(rawHead('POST', PATH, [...Object.entries(signedHeaders(body)), length]))
      connection.write(body)
      expect((await connection.reply()).status).toBe(200)
      await handledUntil(1)
    },
  },
  {
    name: 'two deliveries in one write are both answered, in order',
    async run({ connect, handledUntil }) {
      const requests = ['delivery-1', 'delivery-2'].map((id) => {
        const body = sampleBody(id)
        const headers = [
          ...Object.entries(signedHeaders(body)),
          ['Content-Length', String(body.length)] as const,
        ]
        return rawHead('POST', PATH, headers) + Buffer.from(body).toString()
      })
      const connection = connect()
      connection.write(requests.join(''))
      expect((await connection.reply()).status).toBe(200)
      expect((await connection.reply()).status).toBe(200)
      await handledUntil(2)
    },
  },
  {
    name: 'Expect: 100-continue is answered, then the delivery',
    async run({ connect }) {
      const body = sampleBody()
      const headers = [
        ...Object.entries(signedHeaders(body)),
        ['Content-Length', String(body.length)] as const,
      ]
      const connection = connect()
      connection.write(rawHead('POST', PATH, [...headers, ['Expect', '100-continue']]))
      expect((await connection.reply()).status).toBe(100)
      connection.write(body)
      expect((await connection.reply()).status).toBe(200)
    },
  },
  {
    name: 'a sender that leaves before the reply does no harm, and what it sent is handled',
    async run({ connect, inbox, deliver, handledUntil }) {
      const record = inbox.record.bind(inbox)
      const body = sampleBody()
      const headers = [
        ...Object.entries(signedHeaders(body)),
        ['Content-Length', String(body.length)] as const,
      ]
      const connection = connect()
      const recorded = new Promise<void>((done) => {
        inbox.record = async (receipt) => {
          connection.reset()
          await connection.closed()
          await new Promise((resume) => setTimeout(resume, 10))
          return record(receipt).finally(done)
        }
      })
      connection.write(rawHead('POST', PATH, headers))
      connection.write(body)
      await recorded
      inbox.record = record
      await handledUntil(1)
      expect((await deliver(body)).status, 'its repetition').toBe(200)
    },
  },
]
