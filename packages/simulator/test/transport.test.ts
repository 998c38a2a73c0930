import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import {
  advanceAiEvents,
  advanceAiSimulator,
  type Draft,
  pressEvents,
  pressSimulator,
  type SimulatorOptions,
} from '../src/index.ts'
import { listen } from './support/listen.ts'
import { listenRaw } from './support/listen-raw.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET } from './support/secrets.ts'

const press = (options: SimulatorOptions) =>
  pressSimulator({ secret: PRESS_SECRET, retrySchedule: [0], timeLimitMs: 10_000, ...options })
const draft = pressEvents().envelope()

it('posts the exact bytes, whatever they are', async () => {
  const server = await listen([200])
  const body = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x0d, 0x0a, 0xff, 0x00, 0x7d, 0x0a])
  const odd: Draft = { id: 'odd', headers: { 'Content-Type': 'application/cloudevents+json' }, body }
  await press({ url: server.url }).deliver(odd)
  expect(server.heard).toMatchObject([
    {
      method: 'POST',
      path: '/webhooks?x=1',
      headers: { 'content-type': 'application/cloudevents+json', 'content-length': '10' },
    },
  ])
  expect(server.heard[0]?.body).toEqual(body)
})

it('sends a prepared delivery as it stands, as often as asked', async () => {
  const server = await listen([200])
  const simulator = press({ url: server.url })
  const prepared = simulator.prepare(draft, { attempt: 2 })
  const changed = { ...prepared, headers: { ...prepared.headers, 'X-Webhook-Id': 'other' } }
  const attempt = await simulator.send(changed)
  await simulator.send(changed)
  expect(attempt).toMatchObject({ status: 200, verdict: 'accepted' })
  expect(server.heard).toHaveLength(2)
  expect(server.heard[0]).toEqual(server.heard[1])
  expect(server.heard[0]?.headers).toMatchObject({
    'x-webhook-id': 'other',
    'x-webhook-delivery-attempt': '2',
  })
})

it('reports the reply', async () => {
  const server = await listen([
    (_, response) =>
      response.writeHead(503, { 'Retry-After': '7' }).end(`{"error":"é"}${'x'.repeat(200_000)}`),
  ])
  const simulator = press({ url: server.url, retrySchedule: [] })
  const [attempt] = (await simulator.deliver(draft)).attempts
  expect(simulator.account.replyBytes).toBe(200_014)
  expect(attempt).toMatchObject({ status: 503, verdict: 'failed', replyHeaders: { 'retry-after': '7' } })
  expect(attempt).toMatchObject({ bodyBytes: draft.body.length, replyBytes: 200_014 })
  expect(attempt?.replyBody).toMatch(/^{"error":"é"}x+$/)
  expect(Buffer.byteLength(attempt?.replyBody ?? '')).toBe(65_536)
})

it('does not follow a redirect', async () => {
  const elsewhere = await listen([200])
  const server = await listen([(_, response) => response.writeHead(307, { Location: elsewhere.url }).end()])
  const report = await press({ url: server.url }).deliver(draft)
  expect(report.outcome).toBe('refused')
  expect(report.attempts.map(({ status }) => status)).toEqual([307])
  expect(elsewhere.heard).toEqual([])
})

it('takes more than 500 ms for a failure of PRESS, and sends again', async () => {
  const server = await listen([
    (_, response) => setTimeout(() => response.writeHead(200).end(), 1_500).unref(),
    (_, response) => setTimeout(() => response.writeHead(200).end(), 100),
  ])
  const simulator = pressSimulator({ url: server.url, secret: PRESS_SECRET, timeScale: 0 })
  const report = await simulator.deliver(draft)
  expect(report).toMatchObject({
    outcome: 'accepted',
    attempts: [{ error: 'timeout', verdict: 'failed' }, { status: 200 }],
  })
  const [first, second] = report.attempts.map(({ durationMs }) => durationMs)
  // Timers may fire a millisecond early.
  expect(first).toBeGreaterThanOrEqual(498)
  expect(second).toBeGreaterThanOrEqual(98)
  expect(simulator.account.latencies).toMatchObject({ count: 1, minMs: second, maxMs: second })
})

it('counts a reply that began in time but never ended as none', async () => {
  const server = await listen([(_, response) => response.writeHead(200).write('{"status":')])
  const report = await press({ url: server.url, timeLimitMs: 50 }).deliver(draft)
  expect(report).toMatchObject({ outcome: 'gave-up', attempts: [{ error: 'timeout' }, { error: 'timeout' }] })
})

it('reports a broken connection by its code, and sends again', async () => {
  const server = await listen([
    (request) => request.socket.destroy(),
    (_, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('{')
      setImmediate(() => response.destroy())
    },
    200,
  ])
  const report = await press({ url: server.url, retrySchedule: [0, 0] }).deliver(draft)
  expect(report).toMatchObject({
    outcome: 'accepted',
    attempts: [{ error: 'ECONNRESET' }, { error: 'ECONNRESET' }, { status: 200 }],
  })
})

it('reports that nobody listens, in words too', async () => {
  const simulator = press({ url: 'http://127.0.0.1:1/' })
  const nobody = { verdict: 'failed', error: 'ECONNREFUSED', reason: 'nobody listens there' }
  expect(await simulator.deliver(draft)).toMatchObject({ outcome: 'gave-up', attempts: [nobody, nobody] })
  expect(simulator.account).toMatchObject({
    gaveUp: 1,
    attempts: 2,
    replies: {},
    failures: { ECONNREFUSED: 2 },
  })
})

it.each([
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    { status: 101 },
  ],
  [
    'a head too large',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    { error: 'HPE_HEADER_OVERFLOW' },
  ],
  ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx', { error: 'ECONNRESET' }],
] as const)('a reply that is none is a failure: %s', async (_, reply, attempt) => {
  const server = await listenRaw((_, socket) => {
    socket.write(reply)
    if ('error' in attempt) socket.end()
  })
  const advanceAi = advanceAiSimulator({ url: server.url, secret: ADVANCE_AI_SECRET, retrySchedule: [] })
  const report = await advanceAi.deliver(advanceAiEvents().of('COMPLETED'))
  expect(report).toMatchObject({ outcome: 'gave-up', attempts: [attempt] })
})

it('reports what is no HTTP', async () => {
  const server = await listenRaw((_, socket) => socket.end('220 mail.example.com ESMTP\r\n'))
  const report = await press({ url: server.url, retrySchedule: [] }).deliver(draft)
  expect(report.attempts).toMatchObject([
    { verdict: 'failed', error: expect.stringMatching(/^HPE_/), reason: expect.stringContaining('no HTTP') },
  ])
})

it('answers no challenge and keeps no cookie', async () => {
  const challenge = { 'WWW-Authenticate': 'Basic realm="x"', 'Set-Cookie': 'session=1' }
  const server = await listen([
    (_, response) => response.writeHead(503, challenge).end(),
    (_, response) => response.writeHead(401, challenge).end(),
  ])
  expect((await press({ url: server.url }).deliver(draft)).outcome).toBe('refused')
  expect(server.heard).toHaveLength(2)
  for (const { headers } of server.heard) {
    expect(headers).not.toHaveProperty('authorization')
    expect(headers).not.toHaveProperty('cookie')
  }
})

it('sends no header but those of the provider and of HTTP itself', async () => {
  const server = await listen([200])
  await press({ url: server.url }).deliver(draft)
  expect(Object.keys(server.heard[0]?.headers ?? {}).sort()).toEqual([
    'connection',
    'content-length',
    'content-type',
    'host',
    'x-webhook-delivery-attempt',
    'x-webhook-id',
    'x-webhook-signature',
    'x-webhook-subscription-id',
    'x-webhook-timestamp',
  ])
})

it('shares the connections of an agent', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const ports: unknown[] = []
  const server = await listen([
    (request, response) => {
      ports.push(request.socket.remotePort)
      response.writeHead(200).end()
    },
  ])
  const sharing = press({ url: server.url, agent })
  for (const _ of [1, 2]) await sharing.deliver(draft)
  const apart = press({ url: server.url })
  for (const _ of [1, 2]) await apart.deliver(draft)
  expect(ports[0]).toBe(ports[1])
  expect(new Set(ports).size).toBe(3)
})

it('breaks off on demand: before it starts, while a reply is due, and while it waits', async () => {
  const server = await listen([() => {}])
  const failing = await listen([503])
  const reason = new Error('enough')

  const early = press({ url: server.url, timeLimitMs: 60_000 })
  await expect(early.deliver(draft, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.heard).toEqual([])

  const hanging = new AbortController()
  const delivering = early.deliver(draft, { signal: hanging.signal })
  while (server.heard.length === 0) await delay(5)
  hanging.abort(reason)
  await expect(delivering).rejects.toBe(reason)

  const waiting = new AbortController()
  const patient = press({ url: failing.url, retrySchedule: [3_600_000] })
  const retrying = patient.deliver(draft, { signal: waiting.signal })
  while (patient.account.attempts === 0) await delay(5)
  waiting.abort(reason)
  await expect(retrying).rejects.toBe(reason)

  expect(early.account).toMatchObject({ sent: 2, aborted: 2, attempts: 0 })
  expect(patient.account).toMatchObject({ sent: 1, aborted: 1, attempts: 1 })
})
