import { ERRORS } from '@kyc-webhooks/core'
import { expect } from 'vitest'
import type { AdapterCase } from './adapter-case.ts'
import { PATH, sampleBody, signedHeaders } from './adapter-samples.ts'

/** From an authentic delivery to a handled event. */
export const acceptCases: readonly AdapterCase[] = [
  {
    name: 'an accepted delivery gets the reply of core, and nothing beside it',
    async run({ deliver }) {
      const { status, headers, text } = await deliver(sampleBody())
      expect({ status, text }).toEqual({ status: 200, text: '{"status":"accepted"}' })
      const { date, connection, 'keep-alive': keepAlive, ...own } = headers
      expect(own).toEqual({ 'content-type': 'application/json', 'content-length': '21' })
    },
  },
  {
    name: 'the handler gets the event, once, and the reply does not wait for it',
    async run(fixture) {
      const { promise, resolve } = Promise.withResolvers<void>()
      fixture.handle = () => promise
      expect((await fixture.deliver(sampleBody())).status).toBe(200)
      await fixture.handledUntil(1)
      resolve()
      expect(fixture.handled[0]).toMatchObject({ provider: 'press', subject: '34890890' })
      expect((await fixture.deliver(sampleBody())).status).toBe(200)
      expect((await fixture.deliver(sampleBody('delivery-2'))).status).toBe(200)
      await fixture.handledUntil(2)
      expect(fixture.handled.map(({ id }) => id)).toEqual(['event of delivery-1', 'event of delivery-2'])
    },
  },
  {
    name: 'nothing is answered before it is recorded',
    async run({ inbox, deliver }) {
      const order: string[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      const record = inbox.record.bind(inbox)
      inbox.record = async (receipt) => {
        await promise
        order.push('recorded')
        return record(receipt)
      }
      const delivered = deliver(sampleBody()).then(() => order.push('replied'))
      setTimeout(resolve, 150)
      await delivered
      expect(order).toEqual(['recorded', 'replied'])
    },
  },
  {
    name: 'a fault of ours is a 503 of core, whatever the application does with errors',
    async run({ inbox, deliver }) {
      inbox.record = () => Promise.reject(new Error('disk full'))
      const { status, headers, text } = await deliver(sampleBody())
      expect(status).toBe(503)
      expect(headers['retry-after']).toMatch(/^[1-5]$/)
      const { message } = ERRORS['inbox-unavailable']
      expect(JSON.parse(text)).toEqual({ error: { code: 'inbox-unavailable', message } })
    },
  },
  {
    name: 'the content type decides nothing',
    async run({ send, handledUntil }) {
      const types = [
        undefined,
        'application/cloudevents+json; charset=UTF-8',
        'text/plain',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
        'nonsense',
        'application/json; charset=utf-16',
        '/',
        ';',
        'a b/c',
      ]
      for (const [at, type] of types.entries()) {
        const body = sampleBody(`delivery-${at}`)
        const { 'Content-Type': _, ...headers } = signedHeaders(body)
        const typed = type === undefined ? headers : { ...headers, 'Content-Type': type }
        expect({ type, status: (await send({ body, headers: typed })).status }).toEqual({ type, status: 200 })
      }
      await handledUntil(types.length)
    },
  },
  {
    name: 'one trailing slash and a query make no difference, and nothing is redirected',
    async run({ send, handledUntil }) {
      for (const [at, path] of [`${PATH}/`, `${PATH}?a=/b`, `${PATH}/?`].entries()) {
        const body = sampleBody(`delivery-${at}`)
        expect((await send({ path, body, headers: signedHeaders(body) })).status).toBe(200)
      }
      await handledUntil(3)
    },
  },
]
