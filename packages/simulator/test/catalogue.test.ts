import { describe, expect, it } from 'vitest'
import { type Draft, FLAWS, PRESS_TYPES, type ProviderName, simulators } from '../src/index.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

const SECRETS = { press: PRESS_SECRET, uip: UIP_SECRET, 'advance-ai': ADVANCE_AI_SECRET }
const providers = Object.keys(simulators) as ProviderName[]
const json = ({ body }: Draft) => JSON.parse(body.toString())
const url = 'http://127.0.0.1/'

/** Draft sources, each under options that change what it makes. */
const sources = [
  ['press', (seed: number) => simulators.press.drafts({ seed })],
  ['uip', (seed: number) => simulators.uip.drafts({ seed })],
  ['uip, session API', (seed: number) => simulators.uip.drafts({ seed, scheme: 'timestamped' })],
  ['advance-ai', (seed: number) => simulators['advance-ai'].drafts({ seed })],
  [
    'advance-ai, webhook named',
    (seed: number) => simulators['advance-ai'].drafts({ seed, webhookId: 'wh_1' }),
  ],
] as const

describe.each(providers)('%s', (provider) => {
  it('is simulated, signed for and drafted by its name alone', async () => {
    const { simulate, signer, drafts, eventTypes, flaws } = simulators[provider]
    const server = await listen([200])
    const simulator = simulate({ url: server.url, secret: SECRETS[provider], timeLimitMs: 10_000 })
    expect(simulator.provider).toBe(provider)
    expect(signer({ secret: SECRETS[provider] }).flaws).toEqual(simulator.flaws)
    for (const eventType of eventTypes) {
      const report = await simulator.deliver(drafts({ seed: 7 }).of(eventType))
      expect(report).toMatchObject({ outcome: 'accepted' })
    }
    expect(server.heard).toHaveLength(eventTypes.length)
    expect(drafts().eventTypes).toEqual(eventTypes)
    for (const flaw of simulator.flaws) expect(flaws).toContain(flaw)
  })
})

it('names all flaws that can be under some option', () => {
  const { press, uip, 'advance-ai': advanceAi } = simulators
  expect(press.flaws).toEqual(press.simulate({ url, secret: PRESS_SECRET }).flaws)
  expect(uip.flaws).toEqual(uip.simulate({ url, secret: UIP_SECRET, scheme: 'timestamped' }).flaws)
  expect(advanceAi.flaws).toEqual(advanceAi.simulate({ url, secret: ADVANCE_AI_SECRET }).flaws)
  expect(FLAWS).toEqual(advanceAi.flaws)
})

describe.each(sources)('drafts of %s', (_, drafts) => {
  it('are the same bytes for the same seed and calls, and others for another', () => {
    const some = (seed: number) => {
      const source = drafts(seed)
      return [...source.each(), ...Array.from({ length: 50 }, () => source.sample())]
    }
    expect(some(7)).toEqual(some(7))
    expect(some(8)).not.toEqual(some(7))
  })

  it('are each another delivery, in every type and variant', () => {
    const source = drafts(1)
    const all = [...source.each(), ...Array.from({ length: 500 }, () => source.sample())]
    const bodies = all.map(({ body }) => body.toString()).filter((body) => !body.includes('Pong'))
    expect(new Set(bodies).size).toBe(bodies.length)
    const ids = all.flatMap(({ id }) => id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    expect(source.each()).toHaveLength(
      source.eventTypes.flatMap((eventType) => source.variants(eventType)).length,
    )
  })

  it('take fields, and the first variant unless told otherwise', () => {
    for (const eventType of drafts(1).eventTypes) {
      for (const variant of drafts(1).variants(eventType)) {
        const draft = drafts(1).of(eventType, { added: 'é', huge: 2n ** 64n }, variant)
        expect(draft.body.toString()).toContain('"added":"é","huge":18446744073709551616')
      }
      const [first] = drafts(1).variants(eventType)
      expect(drafts(1).of(eventType)).toEqual(drafts(1).of(eventType, {}, first))
    }
  })

  it('are not made of what nobody knows', () => {
    const source = drafts(1)
    const [known = ''] = source.eventTypes
    expect(() => source.of('UNHEARD_OF')).toThrow(RangeError)
    expect(() => source.of('constructor')).toThrow(`There is no event type 'constructor'; there are ${known}`)
    expect(() => source.variants('UNHEARD_OF')).toThrow(RangeError)
    expect(() => source.of(known, {}, 'unheard')).toThrow(
      `There is no variant 'unheard' of ${known}; there are`,
    )
  })
})

describe('variants of PRESS', () => {
  const source = simulators.press.drafts()
  const of = (variant: string) => json(source.of('NEW_ID', {}, variant))

  it('has these', () => {
    const variants = ['envelope', 'people', 'mixed', 'new-fields', 'structured', 'binary', 'batch']
    for (const eventType of source.eventTypes) expect(source.variants(eventType)).toEqual(variants)
  })

  it('one type, several people', () => {
    const { data, total_records } = of('people')
    expect(data).toHaveLength(1)
    expect(total_records).toBeGreaterThan(1)
    expect(data[0].records).toHaveLength(total_records)
  })

  it('several types and people in one delivery', () => {
    const { data, total_records } = of('mixed')
    const types: string[] = data.map(({ type }: { type: string }) => type)
    expect(new Set(types).size).toBe(3)
    expect(types).toContain(PRESS_TYPES.NEW_ID)
    const records = data.flatMap(({ records }: { records: unknown[] }) => records)
    expect(records).toHaveLength(total_records)
  })

  it('fields that no page names: both scripts, and an id that no double holds', () => {
    const body = source.of('NEW_ID', {}, 'new-fields').body.toString()
    expect(body).toMatch(/"full_name_en":"\p{Script=Latin}/u)
    expect(body).toMatch(/"full_name_ar":"\p{Script=Arabic}/u)
    const [, id = ''] = /"unified_number":(\d+)/.exec(body) ?? []
    expect(BigInt(JSON.parse(id))).not.toBe(BigInt(id))
  })

  it('CloudEvents in three modes', () => {
    expect(of('structured').type).toBe(PRESS_TYPES.NEW_ID)
    expect(source.of('NEW_ID', {}, 'binary').headers).toMatchObject({ 'ce-type': PRESS_TYPES.NEW_ID })
    expect(of('batch').map(({ type }: { type: string }) => type)).toEqual(Array(3).fill(PRESS_TYPES.NEW_ID))
  })
})

describe('variants of UIP', () => {
  const source = simulators.uip.drafts()
  const session = simulators.uip.drafts({ scheme: 'timestamped' })

  it('identify, with nothing asked for', () => {
    const { data } = json(source.of('identify', {}, 'ids'))
    expect(Object.keys(data)).toEqual(['uip_id', 'audit_id', 'session_id'])
  })

  it('the session API has events of its own', () => {
    expect(session.eventTypes).toEqual([
      'step.completed',
      'session.completed',
      'session.stopped',
      'session.failed',
    ])
    for (const eventType of session.eventTypes) {
      const draft = session.of(eventType)
      expect(json(draft).event).toBe(eventType)
      expect(draft.headers).toMatchObject({ 'X-UIP-Event': eventType, 'X-UIP-Delivery-Id': draft.id })
    }
    expect(() => source.of('step.completed')).toThrow(RangeError)
  })

  it.each([
    ['usual', { primitive: 'identify', claims: expect.any(Object) }],
    ['age_verify', { primitive: 'age_verify', satisfied: true, min_age: 18 }],
    ['sign', { primitive: 'sign', signature: expect.stringMatching(/^[0-9a-f]{128}$/) }],
    ['light_sign', { primitive: 'light_sign', document_hash: expect.stringMatching(/^[0-9a-f]{64}$/) }],
  ])('step.completed: %s', (variant, data) => {
    expect(json(session.of('step.completed', {}, variant)).data).toMatchObject(data)
  })

  it.each([
    ['usual', 'insufficient_funds'],
    ['internal_error', 'internal_error'],
  ])('session.failed: %s', (variant, reason) => {
    expect(json(session.of('session.failed', {}, variant)).data).toMatchObject({ reason })
  })
})

describe('variants of ADVANCE.AI', () => {
  const source = simulators['advance-ai'].drafts()

  it.each([
    ['KYB_IDV_EMAIL', ['REQUEST_IDV', 'NOTIFY_IDV_SUCCESS', 'NOTIFY_IDV_FAILED']],
    ['KYB_QNRE_EMAIL', ['OTP_VERIFICATION', 'FORM_NOTIFICATION', 'SUBMISSION_CONFIRMATION']],
  ])('%s by its emailType', (eventType, emailTypes) => {
    expect(source.variants(eventType)).toEqual(emailTypes)
    for (const emailType of emailTypes) {
      expect(json(source.of(eventType, {}, emailType))).toMatchObject({ eventType, data: { emailType } })
    }
  })

  it('with the id of the webhook, as in the first example of the page, or without', () => {
    expect(Object.keys(json(source.of('COMPLETED', {}, 'webhook-id')))).toEqual([
      'eventId',
      'eventType',
      'webhookId',
      'data',
    ])
    expect(json(source.of('COMPLETED', {}, 'webhook-id')).webhookId).toMatch(/^wh_[a-z0-9]{12}$/)
    expect(json(source.of('COMPLETED'))).not.toHaveProperty('webhookId')
    const named = simulators['advance-ai'].drafts({ webhookId: 'wh_1' })
    for (const draft of named.each()) expect(json(draft).webhookId).toBe('wh_1')
  })
})
