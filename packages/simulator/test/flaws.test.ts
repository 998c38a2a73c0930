import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  advanceAiEvents,
  advanceAiSimulator,
  type Flaw,
  jsonDraft,
  type PreparedDelivery,
  pressEvents,
  pressSimulator,
  uipEvents,
  uipSimulator,
} from '../src/index.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

const now = () => 1_774_874_700_000
const url = 'http://127.0.0.1/'
const hmac = (secret: string, ...parts: (string | Buffer)[]) =>
  parts.reduce((mac, part) => mac.update(part), createHmac('sha256', secret)).digest('hex')

/** Each provider: a draft, and the signature that its headers and body ask for, written out once more. */
const providers = [
  {
    name: 'press',
    simulator: pressSimulator({ url, secret: PRESS_SECRET, now }),
    draft: pressEvents().envelope(),
    names: ['X-Webhook-Signature', 'X-Webhook-Timestamp'],
    expected: ({ headers, body }: PreparedDelivery) =>
      hmac(PRESS_SECRET, `${headers['X-Webhook-Timestamp']}.`, body),
  },
  {
    name: 'uip',
    simulator: uipSimulator({ url, secret: UIP_SECRET, now }),
    draft: uipEvents().of('identify'),
    names: ['X-UIP-Signature'],
    expected: ({ body }: PreparedDelivery) => hmac(UIP_SECRET, body),
  },
  {
    name: 'uip, timestamped',
    simulator: uipSimulator({ url, secret: UIP_SECRET, scheme: 'timestamped', now }),
    draft: uipEvents().of('identify'),
    names: ['X-UIP-Signature', 'X-UIP-Timestamp'],
    expected: ({ headers, body }: PreparedDelivery) =>
      hmac(UIP_SECRET, `${headers['X-UIP-Timestamp']}.`, body),
  },
  {
    name: 'advance-ai',
    simulator: advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET, now }),
    draft: advanceAiEvents().of('AML_OGS_UPDATE'),
    names: ['aai-signature', 'aai-timestamp', 'aai-nonce'],
    expected: ({ body }: PreparedDelivery) =>
      createHmac('sha256', Buffer.from(ADVANCE_AI_SECRET, 'base64')).update(body).digest('base64'),
  },
]

describe.each(providers)('$name', ({ simulator, draft, names, expected }) => {
  const [signature = ''] = names
  const flawed = (flaw?: Flaw) => simulator.prepare(draft, { flaw })
  const sound = flawed()

  it('is authentic without a flaw', () => {
    expect(sound.headers[signature]).toBe(expected(sound))
    expect(sound.body).toEqual(draft.body)
    expect(Object.keys(sound.headers)).toEqual(expect.arrayContaining(names))
  })

  it('bad-signature: of the same form, and another', () => {
    const bad = flawed('bad-signature').headers[signature] ?? ''
    expect(bad).not.toBe(sound.headers[signature])
    expect(bad).toHaveLength(sound.headers[signature]?.length ?? 0)
    expect(Buffer.from(bad, 'base64').toString('base64')).toBe(bad)
  })

  it('malformed-signature and missing-signature', () => {
    expect(flawed('malformed-signature').headers[signature]).toBe('!')
    expect(flawed('missing-signature').headers).not.toHaveProperty(signature)
  })

  it('altered-body: one byte changed after signing', () => {
    const altered = flawed('altered-body')
    expect(altered.headers[signature]).not.toBe(expected(altered))
    const changed = [...altered.body].filter((byte, index) => byte !== draft.body[index])
    expect(altered.body).toHaveLength(draft.body.length)
    expect(changed).toHaveLength(1)
  })

  it('malformed-body: signed, and no JSON', () => {
    const malformed = flawed('malformed-body')
    expect(malformed.headers[signature]).toBe(expected(malformed))
    expect(() => JSON.parse(malformed.body.toString())).toThrow(SyntaxError)
  })

  it('conflict: signed, the same ids, other bytes', () => {
    const conflict = flawed('conflict')
    expect(conflict.headers[signature]).toBe(expected(conflict))
    expect(conflict.id).toBe(draft.id)
    const addition = '"simulated_conflict":true,'
    expect(conflict.body.toString()).toContain(addition)
    expect(conflict.body.toString().replace(addition, '')).toBe(draft.body.toString())
    expect(() => JSON.parse(conflict.body.toString())).not.toThrow()
  })
})

describe.each(providers.filter(({ names }) => names.length > 1))(
  '$name',
  ({ simulator, draft, names, expected }) => {
    const [signature = '', timestamp = ''] = names

    it.each([
      ['stale-timestamp', '1774874100'],
      ['future-timestamp', '1774875300'],
    ] as const)('%s: signed, ten minutes off', (flaw, seconds) => {
      const off = simulator.prepare(draft, { flaw })
      expect(off.headers[timestamp]).toBe(seconds)
      expect(off.headers[signature]).toBe(expected(off))
    })

    it('missing-timestamp', () => {
      const { headers } = simulator.prepare(draft, { flaw: 'missing-timestamp' })
      expect(headers).toHaveProperty(signature)
      expect(headers).not.toHaveProperty(timestamp)
    })
  },
)

describe('which flaws a provider has', () => {
  const common = [
    'bad-signature',
    'malformed-signature',
    'missing-signature',
    'altered-body',
    'malformed-body',
    'conflict',
  ]
  const ofTime = ['stale-timestamp', 'future-timestamp', 'missing-timestamp']
  const ofNonce = ['reused-nonce', 'missing-nonce', 'unsigned']

  it.each([
    [providers[0], [...common, ...ofTime], ofNonce],
    [providers[1], common, [...ofTime, ...ofNonce]],
    [providers[2], [...common, ...ofTime], ofNonce],
    [providers[3], [...common, ...ofTime, ...ofNonce], []],
  ])('%s', (provider, flaws, others) => {
    expect(provider?.simulator.flaws).toEqual(flaws)
    for (const flaw of others) {
      const prepare = () => provider?.simulator.prepare(provider.draft, { flaw: flaw as Flaw })
      expect(prepare).toThrow(`no delivery can have the flaw '${flaw}'`)
    }
  })
})

it('missing-nonce and unsigned', () => {
  const simulator = advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET, now })
  const draft = advanceAiEvents().of('COMPLETED')
  const { headers } = simulator.prepare(draft, { flaw: 'missing-nonce' })
  expect(Object.keys(headers)).toEqual(['Content-Type', 'aai-timestamp', 'aai-signature'])
  expect(simulator.prepare(draft, { flaw: 'unsigned' }).headers).toEqual(draft.headers)
})

it('conflict: a body without fields gets one', () => {
  const simulator = uipSimulator({ url, secret: UIP_SECRET })
  const { body } = simulator.prepare(jsonDraft('empty', {}), { flaw: 'conflict' })
  expect(body.toString()).toBe('{"simulated_conflict":true}')
})

it('reused-nonce: the nonce of the delivery accepted last', async () => {
  const server = await listen([200, 401, 200])
  const simulator = advanceAiSimulator({ url: server.url, secret: ADVANCE_AI_SECRET, retrySchedule: [] })
  const events = advanceAiEvents()
  expect(() => simulator.prepare(events.of('COMPLETED'), { flaw: 'reused-nonce' })).toThrow(
    'nothing was accepted',
  )
  await simulator.deliver(events.of('COMPLETED'))
  await simulator.deliver(events.of('COMPLETED'), { flaw: 'bad-signature' })
  await simulator.deliver(events.of('COMPLETED'), { flaw: 'missing-nonce' })
  await simulator.deliver(events.of('COMPLETED'), { flaw: 'reused-nonce' })
  const [first, , , second] = server.heard
  expect(second?.headers['aai-nonce']).toBe(first?.headers['aai-nonce'])
  expect(second?.body).not.toEqual(first?.body)
})

it('keeps the flaw over retries', async () => {
  const server = await listen([500])
  const simulator = uipSimulator({ url: server.url, secret: UIP_SECRET, timeScale: 0 })
  await simulator.deliver(uipEvents().of('sign'), { flaw: 'missing-signature' })
  expect(server.heard).toHaveLength(6)
  for (const { headers } of server.heard) expect(headers).not.toHaveProperty('x-uip-signature')
})

it('sends a timestamp and a nonce of your own, signed as they stand', () => {
  const press = pressSimulator({ url, secret: PRESS_SECRET, now })
  const odd = press.prepare(pressEvents().envelope(), { timestamp: '123junk' })
  expect(odd.headers).toMatchObject({
    'X-Webhook-Timestamp': '123junk',
    'X-Webhook-Signature': hmac(PRESS_SECRET, '123junk.', odd.body),
  })
  const advanceAi = advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET, now })
  expect(advanceAi.prepare(odd, { nonce: '' }).headers).toMatchObject({ 'aai-nonce': '' })
})
