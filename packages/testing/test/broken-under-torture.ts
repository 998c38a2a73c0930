import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { nodeRequest, type Receiver } from '@kyc-webhooks/core'
import type { MakeAdapterApp } from '../src/index.ts'
import { type AppRequest, appWith, plainAdapter } from './plain-adapter.ts'

export type BrokenApp = [defect: string, makeApp: MakeAdapterApp, caught: string]

/** The plain adapter with a receiver of its own, made for each application. */
const receivingThrough = (
  make: () => (receive: Receiver['receive'], req: AppRequest) => Receiver['receive'],
): MakeAdapterApp => {
  const through = make()
  return appWith((receiver, req, res, next) => {
    const receive = through((request) => receiver.receive(request), req)
    return plainAdapter({ ...receiver, path: receiver.path, receive }, req, res, next)
  })
}

const replyWith = (status: number) => ({ status, headers: { 'content-length': '0' }, body: '' })

/** Applications whose defects show only when they are mistreated, and a case that catches each. */
export const brokenUnderTorture: readonly BrokenApp[] = [
  [
    'runs on a parser that forgives',
    appWith(plainAdapter, { insecureHTTPParser: true }),
    'a delivery with a length and chunks is not processed',
  ],
  [
    'hides how the body was coded on its way',
    receivingThrough(() => (receive) => (request) => {
      const rawHeaders = request.rawHeaders.filter(
        (name, at) => !/^transfer-encoding$/i.test(String(at % 2 === 0 ? name : request.rawHeaders[at - 1])),
      )
      return receive({ ...request, rawHeaders })
    }),
    'a delivery with chunks behind a comma is not processed',
  ],
  [
    'accepts deliveries that name no host',
    appWith(plainAdapter, { requireHostHeader: false }),
    'a delivery without a Host is accepted or refused, soon',
  ],
  [
    'lets heads grow',
    appWith(plainAdapter, { maxHeaderSize: 1_000_000 }),
    'a delivery with 17 KB of headers is accepted or refused, soon',
  ],
  [
    'takes trailers for headers',
    receivingThrough(() => (receive, req) => async (request) => {
      const body = await buffer(req)
      const rawHeaders = [...request.rawHeaders, ...req.rawTrailers]
      return receive({ ...request, rawHeaders, readBody: async () => body })
    }),
    'a delivery whose signature comes in a trailer is accepted or refused, soon',
  ],
  [
    'ponders over long headers',
    receivingThrough(() => (receive) => async (request) => {
      await sleep(request.rawHeaders.join('').length > 4_000 ? 1_600 : 0)
      return receive(request)
    }),
    'a delivery with hostile headers of proxies is accepted or refused, soon',
  ],
  [
    'closes the connection after each reply',
    appWith((receiver, req, res, next) => {
      res.shouldKeepAlive = false
      return plainAdapter(receiver, req, res, next)
    }),
    'twenty deliveries in one write, every other one forged, are answered in order',
  ],
  [
    'keeps a delivery whose sender went away',
    receivingThrough(() => (receive) => async (request) => {
      const reply = await receive(request)
      if (reply.status !== 400) return reply
      throw new Error('the body broke off')
    }),
    'thirty connections that are cut, each in another place',
  ],
  [
    'waits for a compressed body, to inflate it',
    receivingThrough(() => (receive, req) => async (request) => {
      await buffer(req)
      return receive(request)
    }),
    'a compressed body, and one of terabytes, are refused before a byte of them has come',
  ],
  [
    'inflates what says that it is compressed',
    receivingThrough(() => (receive, req) => async (request) => {
      const isCoded = (at: number) => /^content-encoding$/i.test(String(request.rawHeaders[at - (at % 2)]))
      if (!request.rawHeaders.some((_, at) => isCoded(at))) return receive(request)
      const body = gunzipSync(await buffer(req))
      const rawHeaders = request.rawHeaders.filter((_, at) => !isCoded(at))
      return receive({ ...request, rawHeaders, readBody: async () => body })
    }),
    'two hundred megabytes that were compressed to little are never inflated',
  ],
  [
    'takes all headers for ASCII',
    receivingThrough(() => (receive) => async (request) => {
      if (/[^\t -~]/.test(request.rawHeaders.join(''))) throw new Error('not ASCII')
      return receive(request)
    }),
    'deliveries whose heads were changed at random are accepted as they were signed, or refused',
  ],
  [
    'gathers all bodies in one place',
    receivingThrough(() => {
      let chunks: Buffer[] = []
      return (receive, req) => async (request) => {
        const readBody = async () => {
          for await (const chunk of req) chunks.push(chunk)
          await new Promise(setImmediate)
          const body = Buffer.concat(chunks)
          chunks = []
          return body
        }
        return receive({ ...request, readBody })
      }
    }),
    'two thousand deliveries over fifty connections are all accepted, and each is handled once',
  ],
  [
    'reads one body after the other',
    receivingThrough(() => {
      let last: Promise<unknown> = Promise.resolve()
      return (receive) => (request) => {
        const reply = last.then(() => receive(request))
        last = reply.catch(() => {})
        return reply
      }
    }),
    'sixty bodies that do not come hold up nobody, and are given up',
  ],
  [
    'turns away who was refused too often',
    receivingThrough(() => {
      let refused = 0
      return (receive) => async (request) => {
        if (refused > 100) return replyWith(429)
        const reply = await receive(request)
        if (reply.status === 401) refused++
        return reply
      }
    }),
    'three hundred forgeries at once do not keep a good delivery out',
  ],
  [
    'says 200 when time is up',
    receivingThrough(
      () => (receive) => (request) => Promise.race([receive(request), sleep(50).then(() => replyWith(200))]),
    ),
    'an inbox that takes too long is a 503 in time, and what lands in it later is handled once',
  ],
  [
    'says 200 once it is recorded, however late',
    receivingThrough(() => (receive) => async (request) => {
      const reply = await receive(request)
      return reply.body.includes('budget-exceeded') ? replyWith(200) : reply
    }),
    'a thread that is blocked for longer than the budget gives no late 200',
  ],
  [
    'lets what follows a refusal pass for its body',
    appWith(async (receiver, req, res, next) => {
      if (req.url !== receiver.path) return next()
      const reply = await receiver.receive(nodeRequest(req, { remedy: '' }))
      const { connection, ...headers } = reply.headers
      res.writeHead(reply.status, headers).end(reply.body)
    }),
    'what comes behind a delivery that closes the connection is lost to nobody',
  ],
]
