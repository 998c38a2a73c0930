import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { type Normalised, type Provider, Unusable } from '../../src/provider.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { authenticDelivery, keptHeaders, parse } from '../../src/steps/parse.ts'

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: '/here',
  type: 'happened',
  datacontenttype: 'application/json',
  data: {},
  provider: 'uip',
} as const
const part: Normalised = { id: 'd-1', events: [event] }
const normalising = (normalise: Provider['normalise']): Provider => ({ ...uip(), normalise })
const delivery = authenticDelivery(uip(), Buffer.from('{}'), {})
const parsed = (normalise: Provider['normalise']) => parse(normalising(normalise), delivery)

describe('parse', () => {
  it('gives the part that normalise made, or all of them', () => {
    expect(parsed(() => part)).toEqual([part])
    expect(parsed(() => [part, part])).toEqual([part, part])
  })

  it('gives what normalise says is unusable', () => {
    const unusable = new Unusable('no id')
    const verdict = parsed(() => {
      throw unusable
    })
    expect(verdict).toBe(unusable)
  })

  it('lets a defect of normalise through: that is not the sender’s fault', () => {
    const run = () =>
      parsed(() => {
        throw new TypeError('undefined is not a function')
      })
    expect(run).toThrow(TypeError)
  })

  it.each([
    ['an empty delivery id', { ...part, id: '' }],
    ['an event without an id', { ...part, events: [{ ...event, id: '' }] }],
    ['an event without a source', { ...part, events: [{ ...event, source: '' }] }],
    ['an event without a type', { ...part, events: [{ ...event, type: '' }] }],
    ['a type that is no string', { ...part, events: [{ ...event, type: 5 as unknown as string }] }],
  ])('%s is unusable', (_, bad) => {
    expect(parsed(() => bad)).toMatchObject({ code: 'body-unusable' })
  })

  it('a delivery without an identity is usable', () => {
    expect(parsed(() => ({ ...part, id: undefined }))).toHaveLength(1)
  })

  it('nothing at all is unusable: a 200 must stand for something', () => {
    expect(parsed(() => [])).toMatchObject({ code: 'body-unusable' })
  })

  it('more events than one commit can record are unusable, and kept: else they would be sent again in vain', () => {
    const events = (count: number) => ({ ...part, events: Array.from({ length: count }, () => event) })
    expect(parsed(() => events(50_000))).toHaveLength(1)
    expect(parsed(() => events(50_001))).toMatchObject({ code: 'body-unusable' })
  })

  it('an event of another provider is a defect of normalise', () => {
    expect(() => parsed(() => ({ ...part, events: [{ ...event, provider: 'press' }] }))).toThrow(
      'normalise of uip gave an event of another provider',
    )
  })
})

describe('keptHeaders', () => {
  const head = (...raw: string[]) => new Head(raw)

  it('keeps the content type, the hints, the timestamp and what the provider reads; nothing else', () => {
    const sent = head(
      ...['Content-Type', 'application/json', 'Host', 'x', 'Authorization', 'Bearer secret', 'Cookie', 'a=b'],
      ...['X-Webhook-Signature', 'ab', 'X-Webhook-Timestamp', '1', 'X-Webhook-Id', 'i'],
      ...['X-Webhook-Delivery-Attempt', '2', 'X-Webhook-Subscription-Id', 's', 'CE-Id', 'c'],
    )
    expect(keptHeaders(press())(sent)).toEqual({
      'content-type': 'application/json',
      'x-webhook-timestamp': '1',
      'x-webhook-id': 'i',
      'x-webhook-delivery-attempt': '2',
      'x-webhook-subscription-id': 's',
      'ce-id': 'c',
    })
  })

  it('keeps neither of two values', () => {
    expect(keptHeaders(press())(head('X-Webhook-Id', 'a', 'x-webhook-id', 'b'))).toEqual({})
  })
})

describe('authenticDelivery', () => {
  it('reads the kept headers and none of the prototype', () => {
    const { header } = authenticDelivery(press(), Buffer.from(''), { 'ce-id': 'c' })
    expect([header('ce-id'), header('ce-type'), header('constructor'), header('__proto__')]).toEqual([
      'c',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('tells the time of sending as RFC 3339, of every timestamp that is accepted', () => {
    const sentAt = (seconds: string) =>
      authenticDelivery(press(), Buffer.from(''), { 'x-webhook-timestamp': seconds }).sentAt
    expect(sentAt('1774874700')).toBe('2026-03-30T12:45:00.000Z')
    expect(sentAt('0')).toBe('1970-01-01T00:00:00.000Z')
    expect(sentAt('99999999999')).toBe('5138-11-16T09:46:39.000Z')
  })

  it('tells none of a provider that sends none', () => {
    expect(delivery.sentAt).toBeUndefined()
  })
})
