import { describe, expect, it } from 'vitest'
import { parseStructured } from '../../src/cloud-events/index.ts'
import { uip } from '../../src/providers/uip.ts'
import { eventsOf, partsOf, unusable } from '../support/normalised.ts'
import { uipIdentify, uipMessage, uipSign, uipStep, uipTest } from '../vectors/documented.ts'

const provider = uip()
const idOf = (content: object) => partsOf(provider, content)[0]?.id

describe('each documented event', () => {
  const common = {
    specversion: '1.0',
    source: 'https://uip.digital',
    datacontenttype: 'application/json',
    provider: 'uip',
  }

  it.each([
    [uipIdentify, 'identify:audit_9z8y7x6w5v4u', 'user_abc123def456'],
    [uipSign, 'sign:audit_9z8y7x6w5v4u', 'user_abc123def456'],
    [uipMessage, 'message:audit_9z8y7x6w5v4u', 'user_abc123def456'],
    [uipStep, 'sess_abc123:step.completed:0', 'sess_abc123'],
  ])('$event', (body, id, subject) => {
    const { event: type, data } = body
    expect(partsOf(provider, body)).toEqual([{ id, events: [{ ...common, id, type, subject, data }] }])
  })

  it('test has an id as an event, but none as a delivery: it is never de-duplicated', () => {
    expect(partsOf(provider, uipTest)).toEqual([
      {
        id: undefined,
        events: [
          {
            ...common,
            id: expect.stringMatching(/^test:[0-9a-f]{32}$/),
            type: 'test',
            data: { pong: 'Pong' },
          },
        ],
      },
    ])
  })

  it.each([uipIdentify, uipSign, uipMessage, uipStep, uipTest])('$event is a valid CloudEvent', (body) => {
    for (const event of eventsOf(provider, body)) expect(parseStructured(event)).toEqual(event)
  })
})

describe('what de-duplication goes by', () => {
  const ids = { audit_id: 'a', message_id: 'm', session_id: 's' }

  it.each([
    ['audit_id', ids, 'x:a'],
    ['else message_id', { message_id: 'm', session_id: 's' }, 'x:m'],
    ['else session_id', { session_id: 's' }, 'x:s'],
    ['an id as a number', { audit_id: 17 }, 'x:17'],
    ['the next, when one is empty', { audit_id: '', message_id: 'm' }, 'x:m'],
    ['the next, when one is an operator of a query', { audit_id: { $ne: null }, session_id: 's' }, 'x:s'],
  ])('the name of the event and %s', (_, data, id) => {
    expect(idOf({ event: 'x', data })).toBe(id)
  })

  it('keeps apart what one audit brings under two names', () => {
    expect(idOf(uipIdentify)).not.toBe(idOf(uipSign))
  })

  it('is the exact bytes for an event without any of them', () => {
    const same = idOf({ event: 'x', data: { a: 1 } })
    expect(same).toMatch(/^x:[0-9a-f]{32}$/)
    expect(idOf({ event: 'x', data: { a: 1 } })).toBe(same)
    expect(idOf({ event: 'x', data: { a: 2 } })).not.toBe(same)
  })

  it.each([
    ['session.completed', { session_id: 's', audit_id: 'a' }, 's:session.completed'],
    ['session.stopped', { session_id: 's' }, 's:session.stopped'],
    ['session.failed', { session_id: 's' }, 's:session.failed'],
    ['step.completed', { session_id: 's', stage: 'selfie', audit_id: 'a' }, 's:step.completed:selfie'],
    ['step.completed', { session_id: 's', stage: 0 }, 's:step.completed:0'],
  ])('of the session API: %s of %j', (event, data, id) => {
    expect(idOf({ event, data })).toBe(id)
  })

  it('of a step without a stage is what tells it from other steps of the session, if anything does', () => {
    expect(idOf({ event: 'step.completed', data: { session_id: 's', audit_id: 'a' } })).toBe(
      'step.completed:a',
    )
    expect(idOf({ event: 'step.completed', data: { session_id: 's' } })).toBe('step.completed:s')
  })
})

describe('the subject', () => {
  it.each([
    [{ uip_id: 'u', signing_uip_id: 'v', session_id: 's' }, 'u'],
    [{ signing_uip_id: 'v', session_id: 's' }, 'v'],
    [{ session_id: 's' }, 's'],
    [{ uip_id: '', session_id: 's' }, 's'],
    [{ audit_id: 'a' }, undefined],
  ])('of %j is %s', (data, subject) => {
    expect(eventsOf(provider, { event: 'x', data })[0]?.subject).toBe(subject)
  })
})

describe('types and fields that no page lists', () => {
  it.each(['authorize.completed', 'delegation.revoked', 'something.new', '__proto__'])(
    '%s is delivered',
    (type) => {
      expect(eventsOf(provider, { event: type, data: { audit_id: 'a', new: [1] } })).toMatchObject([
        { type, data: { new: [1] } },
      ])
    },
  )

  it('fields beside `event` are the data when there is no `data`', () => {
    expect(eventsOf(provider, { event: 'step.completed', session_id: 's', stage: 1 })).toMatchObject([
      { data: { session_id: 's', stage: 1 } },
    ])
  })

  it.each([[[1, 2]], ['text'], [5], [null]])('data of %j is not lost', (data) => {
    expect(eventsOf(provider, { event: 'something.new', data })).toMatchObject([{ data: { data } }])
  })

  it('integers beyond 2^53 arrive exact', () => {
    const body = '{"event":"something.new","data":{"audit_id":1998600000000026050,"n":[9007199254740993]}}'
    expect(partsOf(provider, body)).toMatchObject([
      { id: 'something.new:1998600000000026050', events: [{ data: { n: ['9007199254740993'] } }] },
    ])
  })
})

describe('the time', () => {
  it('is not told by the webhooks page', () => {
    const headers = { 'x-uip-timestamp': '1774874700' }
    expect(eventsOf(provider, uipIdentify, headers)[0]).not.toHaveProperty('time')
  })

  it('is that of sending in the session API, which signs it', () => {
    const headers = { 'x-uip-timestamp': '1774874700' }
    const [event] = eventsOf(uip({ scheme: 'timestamped' }), uipStep, headers)
    expect(event?.time).toBe('2026-03-30T12:45:00.000Z')
  })
})

describe('what is not usable', () => {
  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"identify"'],
    ['no event', { data: {} }],
    ['an empty event', { event: '', data: {} }],
    ['an event that is no text', { event: 5, data: {} }],
    ['an event that is an operator of a query', { event: { $ne: null }, data: {} }],
  ])('%s', (_, content) => {
    expect(unusable(provider, content).code).toMatch(/^body-/)
  })
})
