import { Agent } from 'node:http'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  MISHAPS,
  pressEvents,
  pressSimulator,
  type SimulatorOptions,
  uipEvents,
  uipSimulator,
} from '../src/index.ts'
import { listen } from './support/listen.ts'
import { listenRaw, OK } from './support/listen-raw.ts'
import { PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

const press = (options: SimulatorOptions) =>
  pressSimulator({ secret: PRESS_SECRET, retrySchedule: [0], timeLimitMs: 10_000, ...options })
const draft = pressEvents().envelope()
const text = draft.body.toString()
const half = text.slice(0, Math.floor(draft.body.length / 2))
const length = new RegExp(`content-length: ${draft.body.length}\\b`, 'i')

/** Replies 200 when the body has come in full. */
const replyInFull = () =>
  listenRaw((connection, socket) => {
    if (connection.body().length === text.length) socket.write(OK)
  })

afterEach(() => void vi.restoreAllMocks())

describe('truncated-body', () => {
  it('tells the whole length, sends half, and cuts the connection; the retry is sound', async () => {
    const server = await replyInFull()
    const report = await press({ url: server.url }).deliver(draft, { mishap: 'truncated-body' })
    expect(report).toMatchObject({
      outcome: 'accepted',
      attempts: [
        {
          error: 'truncated-body',
          reason: expect.stringContaining('on purpose'),
          verdict: 'failed',
          mishap: 'truncated-body',
        },
        { status: 200 },
      ],
    })
    expect(report.attempts[1]).not.toHaveProperty('mishap')
    const [cut, whole] = server.connections
    await cut?.closed
    expect(cut?.head()).toMatch(length)
    expect(cut?.body()).toBe(half)
    expect(whole?.head()).toMatch(/X-Webhook-Delivery-Attempt: 2/)
    expect(whole?.body()).toBe(text)
  })

  it('is a request that breaks off to a server of Node', async () => {
    const errors: unknown[] = []
    const server = await listen([200], { onError: (error) => errors.push(error) })
    await press({ url: server.url }).deliver(draft, { mishap: 'truncated-body' })
    expect(errors).toMatchObject([{ code: 'ECONNRESET' }])
    expect(server.heard).toHaveLength(1)
  })
})

it('stalled-body: sends half, and nothing more until the time limit is over', async () => {
  const server = await replyInFull()
  const simulator = press({ url: server.url, timeLimitMs: 200, retrySchedule: [] })
  const report = await simulator.deliver(draft, { mishap: 'stalled-body' })
  expect(report).toMatchObject({
    outcome: 'gave-up',
    attempts: [{ error: 'timeout', mishap: 'stalled-body' }],
  })
  const [connection] = server.connections
  // Timers may fire a moment early.
  expect(await connection?.closed).toBeGreaterThan(190)
  expect(connection?.head()).toMatch(length)
  expect(connection?.body()).toBe(half)
})

describe('slow-body', () => {
  it('comes in pieces, over the time that is told', async () => {
    const server = await replyInFull()
    const simulator = press({ url: server.url, slowBodyMs: 180 })
    const report = await simulator.deliver(draft, { mishap: 'slow-body' })
    expect(report).toMatchObject({ outcome: 'accepted', attempts: [{ status: 200, mishap: 'slow-body' }] })
    const [connection] = server.connections
    expect(connection?.body()).toBe(text)
    const withBody = connection?.pieces.filter((piece) => !piece.text.endsWith('\r\n\r\n')) ?? []
    expect(withBody.length).toBeGreaterThan(3)
    expect(withBody.at(-1)?.atMs).toBeGreaterThan(150)
  })

  it('takes half the time limit unless told otherwise, so that it comes in time', async () => {
    const server = await replyInFull()
    const report = await press({ url: server.url, timeLimitMs: 2_000 }).deliver(draft, {
      mishap: 'slow-body',
    })
    expect(report.attempts[0]).toMatchObject({ status: 200 })
    expect(report.attempts[0]?.durationMs).toBeGreaterThan(980)
  })

  it('breaks off when it takes longer than the time limit', async () => {
    const server = await replyInFull()
    const simulator = press({ url: server.url, timeLimitMs: 100, slowBodyMs: 10_000 })
    const report = await simulator.deliver(draft, { mishap: 'slow-body' })
    expect(report).toMatchObject({ outcome: 'accepted', attempts: [{ error: 'timeout' }, { status: 200 }] })
  })

  it.each([
    ['its own', undefined],
    ['a shared', new Agent({ keepAlive: true })],
  ])('obeys a reply that comes before its end, and lets go of %s connection', async (_, agent) => {
    const [set, clear] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')]
    const server = await listenRaw((_, socket) => socket.write(OK.replace('200 OK', '400 Bad Request')))
    const simulator = press({ url: server.url, slowBodyMs: 10_000, ...(agent && { agent }) })
    const report = await simulator.deliver(draft, { mishap: 'slow-body' })
    expect(report).toMatchObject({ outcome: 'refused', attempts: [{ status: 400 }] })
    const [connection] = server.connections
    await connection?.closed
    expect(connection?.body().length).toBeLessThan(text.length)
    // No timer is left that would keep the program from ending.
    for (const { value } of set.mock.results) expect(clear).toHaveBeenCalledWith(value)
    expect(set).toHaveBeenCalled()
  })

  it('leaves a shared connection fit for the next delivery', async () => {
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const server = await listen([200])
    const simulator = press({ url: server.url, agent, slowBodyMs: 20, timeLimitMs: 1000 })
    for (const mishap of MISHAPS) await simulator.deliver(draft, { mishap, retrySchedule: [] })
    await simulator.deliver(draft)
    expect(server.heard.at(-1)?.body).toEqual(draft.body)
    expect(simulator.account).toMatchObject({
      accepted: 2,
      failures: { 'lost-reply': 1, 'truncated-body': 1, timeout: 1 },
    })
  })
})

describe('lost-reply', () => {
  it('is sent in full and answered, and sent again all the same', async () => {
    const server = await listen([200])
    const uip = uipSimulator({ url: server.url, secret: UIP_SECRET, timeScale: 0 })
    const event = uipEvents().of('identify')
    const report = await uip.deliver(event, { mishap: 'lost-reply' })
    expect(report).toMatchObject({
      outcome: 'accepted',
      attempts: [{ error: 'lost-reply', mishap: 'lost-reply', verdict: 'failed' }, { status: 200 }],
    })
    expect(server.heard.map(({ body }) => body)).toEqual([event.body, event.body])
  })

  it('counts as no reply, even a final one', async () => {
    const server = await listen([400, 400])
    const report = await press({ url: server.url }).deliver(draft, { mishap: 'lost-reply' })
    expect(report).toMatchObject({ outcome: 'refused', attempts: [{ error: 'lost-reply' }, { status: 400 }] })
  })
})

it('befalls one attempt that is sent by itself', async () => {
  const server = await replyInFull()
  const simulator = press({ url: server.url })
  const delivery = simulator.prepare(draft)
  expect(await simulator.send(delivery, { mishap: 'truncated-body' })).toMatchObject({
    error: 'truncated-body',
  })
  expect(await simulator.send(delivery)).toMatchObject({ status: 200 })
})

it('can befall a delivery with a flaw', async () => {
  const server = await listen([401])
  const simulator = press({ url: server.url, slowBodyMs: 10 })
  const report = await simulator.deliver(draft, { flaw: 'missing-signature', mishap: 'slow-body' })
  expect(report).toMatchObject({ outcome: 'refused', attempts: [{ status: 401, mishap: 'slow-body' }] })
  expect(server.heard[0]?.headers).not.toHaveProperty('x-webhook-signature')
})
