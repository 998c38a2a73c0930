import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startProxy } from '../src/proxy.ts'
import { type Backend, startBackend } from './support/backend.ts'

const NEVER_MS = 60_000

async function start(lookEveryMs: number): Promise<{ url: string; first: Backend; second: Backend }> {
  const [first, second] = [await startBackend(), await startBackend()]
  const proxy = await startProxy([first.port, second.port], { lookEveryMs })
  onTestFinished(() => proxy.close())
  return { url: proxy.url, first, second }
}

/** One after the other. Resolves to the statuses. */
async function post(url: string, times: number): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < times; i++) statuses.push((await fetch(url, { method: 'POST', body: `${i}` })).status)
  return statuses
}

test('those that are ready get deliveries in turns', async () => {
  const { url, first, second } = await start(NEVER_MS)
  expect(await post(url, 6)).toEqual(Array(6).fill(200))
  expect([first.received.length, second.received.length]).toEqual([3, 3])
})

test('one that is not ready gets nothing, until it is again', async () => {
  const { url, first, second } = await start(10)
  first.isReady = false
  await vi.waitFor(async () => {
    first.received.length = 0
    await post(url, 2)
    expect(first.received).toHaveLength(0)
  })
  second.received.length = 0
  await post(url, 4)
  expect([first.received.length, second.received.length]).toEqual([0, 4])
  first.isReady = true
  await vi.waitFor(async () => {
    await post(url, 2)
    expect(first.received.length).toBeGreaterThan(0)
  })
})

test('one that takes no connection is passed over, and the sender sees nothing of it', async () => {
  const { url, first, second } = await start(NEVER_MS)
  await first.goAway()
  expect(await post(url, 4)).toEqual([200, 200, 200, 200])
  expect(second.received.map(({ body }) => body.toString())).toEqual(['0', '1', '2', '3'])
})

test('where nobody is ready, or nobody takes a connection, the reply is 503', async () => {
  const { url, first, second } = await start(10)
  await first.goAway()
  second.isReady = false
  await vi.waitFor(async () => expect(await post(url, 1)).toEqual([503]))
  await second.goAway()
  expect(await post(url, 2)).toEqual([503, 503])
})

test('what breaks after it was sent is 502, and is sent to nobody else', async () => {
  const { url, first, second } = await start(NEVER_MS)
  first.act = (_, incoming) => incoming.socket.destroy()
  expect(await post(url, 4)).toEqual([502, 200, 502, 200])
  expect(first.received.map(({ body }) => body.toString())).toEqual(['0', '2'])
  expect(second.received.map(({ body }) => body.toString())).toEqual(['1', '3'])
})

test('a reply that breaks off is no reply', async () => {
  const { url, first } = await start(NEVER_MS)
  first.act = (reply, { socket }) => {
    // Without a length, its end alone tells that it is whole.
    reply.writeHead(200)
    reply.write('only the beginning', () => socket.destroy())
  }
  await expect(fetch(url, { method: 'POST' }).then((reply) => reply.text())).rejects.toThrow()
})

test('bytes and headers pass as they are, both ways, and the sender is named', async () => {
  const { url, first } = await start(NEVER_MS)
  first.act = (reply) => reply.writeHead(418, { 'X-Reply': 'as it was' }).end('short and stout')
  const body = Buffer.from('{"name":"فاطمة",\n "bytes": "\\u0000" }\xff', 'latin1')
  const headers = ['Content-Length', String(body.length), 'X-Signature', 'aB', 'x-Twice', '1', 'X-TWICE', '2']
  const sending = request(`${url}/webhooks/press?a=%20b`, {
    method: 'POST',
    headers: ['Host', 'example.com', ...headers],
  })
  sending.end(body)
  const [reply] = await once(sending, 'response')
  const [received] = first.received
  expect(received?.body).toEqual(body)
  expect(received?.url).toBe('/webhooks/press?a=%20b')
  expect(received?.rawHeaders.slice(0, -2)).toEqual([
    'Host',
    'example.com',
    ...headers,
    'X-Forwarded-For',
    '127.0.0.1',
  ])
  expect(reply.statusCode).toBe(418)
  expect(reply.headers['x-reply']).toBe('as it was')
  expect(await text(reply)).toBe('short and stout')
})

test('a sender that goes away is not worked for any longer', async () => {
  const { url, first } = await start(NEVER_MS)
  const gone = Promise.withResolvers<void>()
  const leaving = new AbortController()
  first.act = (reply) => {
    reply.on('close', () => gone.resolve())
    leaving.abort()
  }
  await expect(fetch(url, { method: 'POST', signal: leaving.signal })).rejects.toThrow()
  await gone.promise
})
