import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createSimulator,
  LatencyHistogram,
  type PlayOptions,
  type PlayReport,
  play,
  simulators,
} from '../src/index.ts'
import { listen } from './support/listen.ts'
import { playTo, SECRETS } from './support/play-to.ts'

it('delivers as many as told and keeps the account as plain data', async () => {
  const server = await listen([200])
  const report = await playTo(server, { count: 40, eventTypes: { identify: 3, sign: 1 } })
  expect(report).toMatchObject({
    drafts: 40,
    account: {
      sent: 40,
      accepted: 40,
      refused: 0,
      gaveUp: 0,
      attempts: 40,
      replies: { 200: 40 },
      failures: {},
    },
    fromDue: { count: 40 },
    troubles: {},
  })
  const { identify = 0, sign = 0 } = report.eventTypes
  expect(identify + sign).toBe(40)
  expect(identify).toBeGreaterThan(sign)
  const bytes = server.heard.reduce((sum, { body }) => sum + body.length, 0)
  expect(report.account.bodyBytes).toBe(bytes)
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

it('keeps an account of its own', async () => {
  const server = await listen([200])
  const { simulate, drafts } = simulators.uip
  const simulator = simulate({ url: server.url, secret: SECRETS.uip })
  await simulator.deliver(drafts().of('test'))
  expect((await play(simulator, drafts(), { count: 3 })).account.sent).toBe(3)
  expect(simulator.account.sent).toBe(4)
})

it.each(['press', 'uip', 'advance-ai'] as const)(
  '%s: sends the same bytes for the same seed',
  async (provider) => {
    const { flaws } = simulators[provider].simulate({ url: 'http://127.0.0.1/', secret: SECRETS[provider] })
    const shares = [...flaws, 'duplicate-later', 'out-of-order'].map((trouble) => [trouble, 0.05])
    const heard = async (seed: number, troubles = Object.fromEntries(shares)) => {
      const server = await listen([200])
      const how = { now: () => 1_774_874_700_000, newNonce: () => 'n-1' }
      await playTo(server, { seed, count: 60, concurrency: 1, troubles }, provider, how)
      // A second delivery of a trouble does not wait for its turn; all the rest does.
      return server.heard
        .map(({ headers: { host, ...headers }, body }) => JSON.stringify([headers, body.toString()]))
        .sort()
    }
    const first = await heard(7)
    expect(first.length).toBeGreaterThanOrEqual(60)
    expect(await heard(7, Object.fromEntries(shares.reverse()))).toEqual(first)
    expect(await heard(8)).not.toEqual(first)
  },
)

it('tells how far it is, and once more at the end', async () => {
  const server = await listen([200])
  const heard: PlayReport[] = []
  const report = await playTo(server, {
    durationMs: 100,
    rate: 200,
    progressIntervalMs: 20,
    onProgress: (soFar) => heard.push(soFar),
  })
  expect(heard.length).toBeGreaterThan(1)
  const drafts = heard.map((soFar) => soFar.drafts)
  expect(drafts).toEqual([...drafts].sort((a, b) => a - b))
  expect(heard.at(-1)).toMatchObject({ drafts: report.drafts, account: report.account })
})

it('tells of each attempt and each delivery', async () => {
  const server = await listen([503, 200, 401])
  const histogram = new LatencyHistogram()
  const [statuses, reports]: [unknown[], unknown[]] = [[], []]
  const report = await playTo(
    server,
    {
      count: 2,
      concurrency: 1,
      troubles: { 'duplicate-later': 1 },
      onAttempt(attempt, fromDueMs) {
        statuses.push(attempt.status)
        if (fromDueMs !== undefined) histogram.record(fromDueMs)
      },
      onReport: ({ outcome }, about) => reports.push({ outcome, ...about }),
    },
    'press',
  )
  expect(histogram.latencies()).toEqual(report.fromDue)
  expect(statuses).toHaveLength(report.account.attempts)
  expect(reports).toHaveLength(4)
  expect(reports).toContainEqual({
    outcome: 'refused',
    eventType: expect.any(String),
    trouble: 'duplicate-later',
  })
})

describe('breaking off', () => {
  const reason = new Error('enough')
  const last: PlayReport[] = []
  const onProgress = (report: PlayReport) => void last.push(report)

  it('before it begins', async () => {
    const server = await listen([200])
    await expect(playTo(server, { signal: AbortSignal.abort(reason), onProgress })).rejects.toBe(reason)
    expect(server.heard).toEqual([])
    expect(last.at(-1)).toMatchObject({ drafts: 0 })
  })

  it('while replies are due and others wait for their turn', async () => {
    const server = await listen([() => {}])
    const end = new AbortController()
    const playing = playTo(server, { concurrency: 3, signal: end.signal, onProgress })
    while (server.heard.length < 3) await delay(5)
    end.abort(reason)
    await expect(playing).rejects.toBe(reason)
    expect(last.at(-1)).toMatchObject({ drafts: 3, account: { sent: 3, aborted: 3, attempts: 0 } })
  })

  it('between two deliveries', async () => {
    const server = await listen([200])
    const end = new AbortController()
    const playing = playTo(server, { rate: 0.001, signal: end.signal, onProgress })
    while (server.heard.length < 1) await delay(5)
    end.abort(reason)
    await expect(playing).rejects.toBe(reason)
    expect(last.at(-1)).toMatchObject({ drafts: 1 })
  })

  it('while one waits to be sent again, which takes a moment to notice', async () => {
    const server = await listen([503])
    const end = new AbortController()
    const sleep = async () => {
      end.abort(reason)
      await delay(50)
      throw new Error('woken')
    }
    const how = { sleep, retrySchedule: [1] }
    const playing = playTo(server, { rate: 0.001, signal: end.signal, onProgress }, 'uip', how)
    await expect(playing).rejects.toBe(reason)
    expect(last.at(-1)).toMatchObject({ account: { sent: 1, aborted: 1, attempts: 1 } })
  })

  it('by an error that is none of the receiver', async () => {
    const server = await listen([200])
    const rules = {
      provider: 'acme',
      retrySchedule: [],
      timeLimitMs: 10_000,
      minTls: 'TLSv1.2',
      headers: { signature: 'X-Acme' },
      flaws: [],
      verdict: () => {
        throw reason
      },
      signature: () => 'x',
      unsigned: () => ({}),
    } as const
    const acme = createSimulator(rules, { url: server.url })
    await expect(play(acme, simulators.uip.drafts(), { count: 1000, concurrency: 2 })).rejects.toBe(reason)
    expect(server.heard.length).toBeLessThan(10)
  })
})

it('warns of no listeners that are too many, and shares the connections of an agent', async () => {
  const warnings: Error[] = []
  const listener = (warning: Error) => void warnings.push(warning)
  process.on('warning', listener)
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => {
    process.off('warning', listener)
    agent.destroy()
  })
  const ports = new Set<unknown>()
  const server = await listen([
    (request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(200).end()
    },
  ])
  const options = { count: 500, concurrency: 60, signal: new AbortController().signal }
  await playTo(server, options, 'press', { agent })
  expect(server.heard).toHaveLength(500)
  expect(ports.size).toBeLessThanOrEqual(60)
  expect(warnings).toEqual([])
})

it.each<[string, PlayOptions]>([
  ['rate', { rate: 0 }],
  ['rate', { rate: Number.NaN }],
  ['burst', { burst: 0, rate: 1 }],
  ['burst: needs a rate', { burst: 2 }],
  ['concurrency', { concurrency: 0 }],
  ['count', { count: -1 }],
  ['durationMs', { durationMs: Number.NaN }],
  ['overtakenBy', { overtakenBy: 0 }],
  ['progressIntervalMs', { progressIntervalMs: 0 }],
  ['eventTypes: there is no IDENTIFY; there are identify', { eventTypes: { IDENTIFY: 1 } }],
  ['eventTypes: none is above 0', { eventTypes: { identify: 0 } }],
  ['eventTypes: identify: -1', { eventTypes: { identify: -1 } }],
  ['troubles: there is no reused-nonce; there are bad-signature', { troubles: { 'reused-nonce': 0.1 } }],
  ['troubles: the shares add up to 1.2', { troubles: { 'slow-body': 0.6, conflict: 0.6 } }],
])('refuses an option that cannot be meant: %s', async (message, options) => {
  await expect(playTo({ url: 'http://127.0.0.1:1/' }, options)).rejects.toThrow(message)
})
