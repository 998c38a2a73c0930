import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  advanceAiEvents,
  advanceAiSimulator,
  type DeliveryReport,
  pressEvents,
  pressSimulator,
  type SimulatorOptions,
  uipEvents,
  uipSimulator,
} from '../src/index.ts'
import { inventedClock } from './support/invented-clock.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

// A busy machine may need more than PRESS's 500 ms; `transport.test.ts` holds the simulator to them.
const press = (options: SimulatorOptions) =>
  pressSimulator({ secret: PRESS_SECRET, timeLimitMs: 10_000, ...options })
const uip = (options: SimulatorOptions) => uipSimulator({ secret: UIP_SECRET, ...options })
const advanceAi = (options: SimulatorOptions) => advanceAiSimulator({ secret: ADVANCE_AI_SECRET, ...options })

const invented = () => inventedClock(1_774_874_700_000)

describe('the documented schedule, when every attempt fails', () => {
  it.each([
    ['press', press, pressEvents().envelope(), [60_000, 300_000, 900_000, 3_600_000, 21_600_000]],
    ['uip', uip, uipEvents().of('identify'), [0, 5_000, 30_000, 120_000, 600_000]],
    ['advance-ai', advanceAi, advanceAiEvents().of('COMPLETED'), [5_000, 10_000, 20_000]],
  ])('%s', async (provider, create, draft, schedule) => {
    const server = await listen([503])
    const { slept, ...world } = invented()
    const simulator = create({ url: server.url, ...world })

    const report = await simulator.deliver(draft)

    expect(slept).toEqual(schedule)
    expect(simulator).toMatchObject({ provider, retrySchedule: schedule })
    expect(report).toMatchObject({ id: draft.id, outcome: 'gave-up' })
    expect(report.attempts.map(({ status }) => status)).toEqual(Array(schedule.length + 1).fill(503))
    expect(server.heard).toHaveLength(schedule.length + 1)
  })

  it('is scaled by timeScale', async () => {
    const server = await listen([500])
    const { slept, ...world } = invented()
    await advanceAi({ url: server.url, timeScale: 0.001, ...world }).deliver(
      advanceAiEvents().of('COMPLETED'),
    )
    expect(slept).toEqual([5, 10, 20])
  })

  it('passes in real time when no sleep is given', async () => {
    const server = await listen([500, 200])
    const start = performance.now()
    await advanceAi({ url: server.url, timeScale: 0.01 }).deliver(advanceAiEvents().of('COMPLETED'))
    // Timers may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(48)
  })

  it('can be replaced, for all or for one delivery', async () => {
    const server = await listen([500])
    const { slept, ...world } = invented()
    const simulator = press({ url: server.url, retrySchedule: [7], ...world })
    expect((await simulator.deliver(pressEvents().envelope())).attempts).toHaveLength(2)
    const report = await simulator.deliver(pressEvents().envelope(), { retrySchedule: [1, 2] })
    expect(report.attempts).toHaveLength(3)
    expect(slept).toEqual([7, 1, 2])
  })

  it('is the 7 h 21 min of the PRESS page, from the first attempt to the sixth', async () => {
    const server = await listen([500])
    const { attempts } = await press({ url: server.url, ...invented() }).deliver(pressEvents().envelope())
    const minutes = attempts.map(({ at }) => (at - (attempts[0]?.at ?? 0)) / 60_000)
    expect(minutes).toEqual([0, 1, 6, 21, 81, 441])
  })
})

describe('what the provider makes of a status', () => {
  it.each([
    ['press', press, [200, 201, 202, 204], [301, 302, 307, 308, 400, 401, 403, 404, 429], [500, 502, 503]],
    ['uip', uip, [200], [], [201, 202, 204, 301, 400, 401, 403, 500, 503]],
    ['advance-ai', advanceAi, [200, 201, 202, 204], [], [301, 400, 401, 403, 409, 500, 503]],
  ])('%s', async (_, create, accepted, refused, failed) => {
    const draft = pressEvents().envelope()
    for (const [statuses, outcome, attempts] of [
      [accepted, 'accepted', 1],
      [refused, 'refused', 1],
      [failed, 'gave-up', 2],
    ] as const) {
      for (const status of statuses) {
        const server = await listen([status])
        const report = await create({ url: server.url, retrySchedule: [0] }).deliver(draft)
        expect({ status, outcome: report.outcome }).toEqual({ status, outcome })
        expect(server.heard).toHaveLength(attempts)
      }
    }
  })

  it('press, where the page has no retry rule, on demand', async () => {
    for (const [status, outcome] of [
      [302, 'gave-up'],
      [429, 'gave-up'],
      [400, 'refused'],
      [401, 'refused'],
      [403, 'refused'],
    ] as const) {
      const { url } = await listen([status])
      const simulator = pressSimulator({ url, secret: PRESS_SECRET, retryUnlisted: true, retrySchedule: [0] })
      expect((await simulator.deliver(pressEvents().envelope())).outcome).toBe(outcome)
    }
  })
})

describe('the time limit', () => {
  it.each([
    ['press', (url: string) => pressSimulator({ url, secret: PRESS_SECRET, retrySchedule: [] }), 500],
    ['uip', (url: string) => uip({ url, retrySchedule: [] }), 10_000],
    ['advance-ai', (url: string) => advanceAi({ url, retrySchedule: [] }), 60_000],
  ])('of %s', async (_, create, limit) => {
    const server = await listen([() => {}])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let report: DeliveryReport | undefined
    const delivering = create(server.url)
      .deliver(pressEvents().envelope())
      .then((ended) => (report = ended))
    while (server.heard.length === 0) await new Promise(setImmediate)
    vi.advanceTimersByTime(limit - 1)
    await new Promise(setImmediate)
    expect(report).toBeUndefined()
    vi.advanceTimersByTime(1)
    await delivering
    expect(report?.attempts).toMatchObject([
      { error: 'timeout', reason: `no complete reply within ${limit} ms`, verdict: 'failed' },
    ])
  })
})

describe('from attempt to attempt', () => {
  it('bytes and ids stay, the attempt number counts, timestamp and signature are fresh', async () => {
    const server = await listen([503, 503, 200])
    const draft = pressEvents().envelope()
    const simulator = press({ url: server.url, ...invented() })
    const heard: unknown[] = []
    const report = await simulator.deliver(draft, { onAttempt: (attempt) => heard.push(attempt) })

    expect(report.outcome).toBe('accepted')
    expect(heard).toEqual(report.attempts)
    expect(report.attempts.map(({ at }) => at)).toEqual([
      1_774_874_700_000, 1_774_874_760_000, 1_774_875_060_000,
    ])
    expect(server.heard.map(({ body }) => body)).toEqual([draft.body, draft.body, draft.body])
    expect(server.heard.map(({ headers }) => headers)).toMatchObject(
      [1_774_874_700, 1_774_874_760, 1_774_875_060].map((timestamp, index) => ({
        'x-webhook-id': draft.id,
        'x-webhook-subscription-id': 'sub_a1b2c3d4e5',
        'x-webhook-delivery-attempt': String(index + 1),
        'x-webhook-timestamp': String(timestamp),
        'x-webhook-signature': simulator.sign(draft.body, { timestamp })['X-Webhook-Signature'],
      })),
    )
  })

  it('the first timestamp is kept on demand', async () => {
    const server = await listen([503, 503, 200])
    const simulator = press({ url: server.url, retryTimestamp: 'first', ...invented() })
    await simulator.deliver(pressEvents().envelope())
    const sent = server.heard.map(({ headers }) => headers['x-webhook-timestamp'])
    expect(sent).toEqual(['1774874700', '1774874700', '1774874700'])
  })

  it('the nonce is fresh, or kept on demand', async () => {
    for (const [retryNonce, distinct] of [
      ['fresh', 4],
      ['first', 1],
    ] as const) {
      const server = await listen([503])
      const simulator = advanceAi({ url: server.url, retryNonce, ...invented() })
      await simulator.deliver(advanceAiEvents().of('COMPLETED'))
      const nonces = server.heard.map(({ headers }) => headers['aai-nonce'])
      expect(nonces).toHaveLength(4)
      expect(new Set(nonces).size).toBe(distinct)
    }
  })
})

it.each([
  ['timeScale', { timeScale: -1 }],
  ['timeScale', { timeScale: Number.NaN }],
  ['timeLimitMs', { timeLimitMs: Number.POSITIVE_INFINITY }],
  ['retrySchedule', { retrySchedule: [1, -1] }],
  ['slowBodyMs', { slowBodyMs: -1 }],
  ['url', { url: 'ftp://127.0.0.1/' }],
  ['url: a user or a password', { url: 'https://user:word@127.0.0.1/' }],
  ['Invalid URL', { url: 'webhooks' }],
])('refuses an option that cannot be meant: %s', (message, options) => {
  expect(() => press({ url: 'http://127.0.0.1/', ...options })).toThrow(message)
})
