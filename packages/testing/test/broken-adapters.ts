import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpRequest, nodeRequest, type ReadLimits, sendReply } from '@kyc-webhooks/core'
import { type Adapter, type AppRequest, plainAdapter } from './plain-adapter.ts'

/** The plain adapter with another way to make core's request. */
const asking =
  (change: (request: HttpRequest, req: AppRequest) => Partial<HttpRequest>): Adapter =>
  (receiver, req, res, next) => {
    const receive: typeof receiver.receive = (request) =>
      receiver.receive({ ...request, ...change(request, req) })
    return plainAdapter({ ...receiver, path: receiver.path, receive }, req, res, next)
  }

/** ... another way to read the body. */
const reading = (
  read: (req: AppRequest, limits: ReadLimits, proper: () => Promise<Uint8Array>) => Promise<Uint8Array>,
) =>
  asking((request, req) => ({
    readBody: (limits) => read(req, limits, () => request.readBody(limits)),
  }))

/** What came until then, or until nothing can come any more. */
const collected = async (req: AppRequest, until: 'end' | 'close') => {
  const chunks: Buffer[] = []
  req.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  await Promise.race([once(req, until), once(req.socket, 'close')])
  return Buffer.concat(chunks)
}

const roundTrip = (bytes: Uint8Array) =>
  Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString())))

/** Adapters with one defect each, all of them seen in published receivers, and a case that catches it. */
export const brokenAdapters: readonly [defect: string, adapter: Adapter, caught: string][] = [
  [
    'makes bytes of the parsed body',
    reading(async (_req, _limits, proper) => roundTrip(await proper())),
    'the bytes are hashed as they were sent: odd spacing',
  ],
  [
    'decodes the body',
    reading(async (_req, _limits, proper) => Buffer.from(Buffer.from(await proper()).toString())),
    'the bytes are hashed as they were sent: invalid UTF-8',
  ],
  [
    'takes off a byte order mark',
    reading(async (_req, _limits, proper) => Buffer.from(new TextDecoder().decode(await proper()))),
    'the bytes are hashed as they were sent: a byte order mark',
  ],
  [
    'does not ask whether the body is complete',
    reading((req) => collected(req, 'close')),
    'a body cut off behind a part whose signature is right is not taken for the whole',
  ],
  [
    'waits for a body that somebody else has read',
    reading((req) => (req.body instanceof Uint8Array ? Promise.resolve(req.body) : collected(req, 'end'))),
    'a parser of JSON in front is a 500 at once, and a log line that says what to move',
  ],
  [
    'makes bytes of a body that somebody else has parsed',
    reading(async (req, _limits, proper) =>
      req.body === undefined ? proper() : Buffer.from(JSON.stringify(req.body)),
    ),
    'a parser of JSON in front is a 500 at once, and a log line that says what to move',
  ],
  [
    'ignores bytes that a parser has left',
    reading((req) => {
      req.body = undefined
      return collected(req, 'end')
    }),
    'a parser in front that leaves the bytes does no harm',
  ],
  [
    'has no limit',
    reading((req) => collected(req, 'end')),
    'a chunked body is refused as soon as it passes the limit',
  ],
  [
    'reads all of a body that is declared too large',
    reading(async (req, _limits, proper) => {
      await collected(req, 'end')
      return proper()
    }),
    'a length beyond the limit is refused before a byte of it has come',
  ],
  [
    'has no time limit',
    reading((req) => collected(req, 'end')),
    'a body that does not arrive in time is refused by a clock of our own',
  ],
  [
    'joins repeated headers',
    asking((_request, req) => ({ rawHeaders: Object.entries(req.headers).flat() as string[] })),
    'a repeated signature is refused, whichever of the two is right',
  ],
  [
    'answers before it has recorded',
    async (receiver, req, res, next) => {
      if (req.url !== receiver.path) return next()
      void receiver.receive(nodeRequest(req, { remedy: '' }))
      res.setHeader('content-type', 'application/json').end('{"status":"accepted"}')
    },
    'nothing is answered before it is recorded',
  ],
  [
    'answers on every path',
    async (receiver, req, res) => {
      sendReply(res, await receiver.receive(nodeRequest(req, { remedy: '' })))
    },
    'every other request goes on, unread',
  ],
  [
    'answers below its path',
    (receiver, req, res, next) =>
      req.url?.startsWith(receiver.path)
        ? plainAdapter(receiver, Object.assign(req, { url: receiver.path }), res, next)
        : next(),
    'every other request goes on, unread',
  ],
  [
    'reads what is not for it',
    async (receiver, req, res, next) => {
      if (req.url === '/after') await collected(req, 'end')
      await plainAdapter(receiver, req, res, next)
    },
    'the rest of the application parses JSON as before, on either side of us',
  ],
  [
    'takes only POST',
    (receiver, req, res, next) => (req.method === 'POST' ? plainAdapter(receiver, req, res, next) : next()),
    'every method but POST is a 405 that names it, and is none of the application',
  ],
  [
    'redirects a trailing slash',
    async (receiver, req, res, next) => {
      if (!req.url?.endsWith('/')) return plainAdapter(receiver, req, res, next)
      res.writeHead(308, { location: receiver.path }).end()
    },
    'one trailing slash and a query make no difference, and nothing is redirected',
  ],
  [
    'insists on a content type',
    (receiver, req, res, next) =>
      req.headers['content-type']?.includes('json') ? plainAdapter(receiver, req, res, next) : next(),
    'the content type decides nothing',
  ],
  [
    'hands faults to the application',
    async (receiver, req, res, next) => {
      if (req.url !== receiver.path) return next()
      const reply = await receiver.receive(nodeRequest(req, { remedy: '' }))
      if (reply.status >= 500) throw new Error('receiver failed')
      sendReply(res, reply)
    },
    'a fault of ours is a 503 of core, whatever the application does with errors',
  ],
  [
    'lets others add to the reply',
    (receiver, req, res, next) => {
      const writeHead = res.writeHead.bind(res)
      res.writeHead = ((status: number, headers: object) =>
        writeHead(status, { ...headers, 'set-cookie': 'session=1' })) as typeof res.writeHead
      return plainAdapter(receiver, req, res, next)
    },
    'an accepted delivery gets the reply of core, and nothing beside it',
  ],
  [
    'closes the connection after a refusal',
    (receiver, req, res, next) => {
      res.shouldKeepAlive = false
      return plainAdapter(receiver, req, res, next)
    },
    'a refused delivery leaves the connection to the next one',
  ],
  [
    'waits for the handler',
    async (receiver, req, res, next) => {
      if (req.url !== receiver.path) return next()
      const reply = await receiver.receive(nodeRequest(req, { remedy: '' }))
      await sleep(2_500)
      sendReply(res, reply)
    },
    'the handler gets the event, once, and the reply does not wait for it',
  ],
]
