import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { press } from '../../src/providers/press.ts'
import { eventsOf, partsOf, unusable } from '../support/normalised.ts'
import { pressEnvelope } from '../vectors/documented.ts'

const provider = press()
const TYPE = 'ae.uaekyc.icp.immigration_entry.v1'

describe('a standard CloudEvent', () => {
  const cloudEvent = {
    specversion: '1.0',
    id: 'ce-1',
    source: 'icp/press-event-pipeline',
    type: TYPE,
    subject: 'somebody',
    time: '2026-03-30T12:45:00.000Z',
    datacontenttype: 'application/json',
    data: { uaekyc_id: 34890890, event_ts: '2026-03-30T12:40:00.000Z', visa: 'x' },
  }

  it('in structured mode becomes an event', () => {
    expect(partsOf(provider, cloudEvent)).toEqual([
      {
        id: 'ce-1',
        events: [
          {
            ...cloudEvent,
            subject: '34890890',
            time: '2026-03-30T12:40:00.000Z',
            data: { ...cloudEvent.data, uaekyc_id: '34890890' },
            provider: 'press',
          },
        ],
      },
    ])
  })

  it('is told by its signed body, whatever Content-Type and ce- headers say', () => {
    const forged = {
      'content-type': 'application/cloudevents-batch+json',
      'ce-id': 'forged',
      'ce-type': 'forged',
      'ce-source': '/forged',
    }
    expect(partsOf(provider, cloudEvent, forged)).toEqual(partsOf(provider, cloudEvent))
    expect(partsOf(provider, pressEnvelope, forged)).toEqual(partsOf(provider, pressEnvelope))
  })

  it('keeps the extension attributes that CloudEvents allows, and none that could pass for one of ours', () => {
    const extended = {
      ...cloudEvent,
      ...{
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        sequence: 7,
        partial: true,
      },
      ...{ total_records: 1, Upper: 'x', nested: { a: 1 }, provider: 'uip' },
    }
    const [event] = eventsOf(provider, extended)
    expect(event).toMatchObject({
      traceparent: extended.traceparent,
      sequence: 7,
      partial: true,
      provider: 'press',
    })
    for (const name of ['total_records', 'Upper', 'nested']) expect(event).not.toHaveProperty(name)
  })

  it('has its own subject and time when the data names none', () => {
    expect(eventsOf(provider, { ...cloudEvent, data: { visa: 'x' } })).toMatchObject([
      { subject: 'somebody', time: '2026-03-30T12:45:00.000Z' },
    ])
  })

  it('may carry uaekyc_id, event_ts and event_id as attributes, which no validator would accept', () => {
    const { data: _, ...attributes } = cloudEvent
    const flat = {
      ...attributes,
      uaekyc_id: 5,
      event_ts: '2026-03-30T12:41:00Z',
      event_id: 'evt-9',
      Upper: 1,
    }
    expect(eventsOf(provider, flat)).toMatchObject([
      {
        id: 'ce-1',
        subject: '5',
        time: '2026-03-30T12:41:00Z',
        data: { uaekyc_id: '5', event_ts: '2026-03-30T12:41:00Z', event_id: 'evt-9' },
      },
    ])
  })

  it('is not refused for an attribute that is not of its form', () => {
    const odd = { ...cloudEvent, specversion: '0.3', source: 'a b', time: 'now', subject: '', dataschema: 5 }
    expect(eventsOf(provider, odd)).toMatchObject([{ id: 'ce-1', source: 'icp/press-event-pipeline' }])
  })

  it('with data in Base64 is decoded', () => {
    const { data, ...attributes } = cloudEvent
    const data_base64 = Buffer.from(JSON.stringify(data)).toString('base64')
    expect(eventsOf(provider, { ...attributes, data_base64 })).toEqual(eventsOf(provider, cloudEvent))
  })

  it.each([
    ['an empty id', { id: '' }],
    ['an empty type', { type: '' }],
    ['a type that is no text', { type: 5 }],
    ['data that is a list', { data: [1] }],
    ['data that is text', { data: 'x' }],
    ['data that is null', { data: null }],
    ['no data', { data: undefined }],
  ])('with %s is unusable', (_, over) => {
    expect(unusable(provider, { ...cloudEvent, ...over }).code).toBe('body-unusable')
  })

  describe('in a batch', () => {
    const second = { ...cloudEvent, id: 'ce-2' }

    it('is a part of its own, with its own content', () => {
      const parts = partsOf(provider, [cloudEvent, second])
      expect(parts.map(({ id }) => id)).toEqual(['ce-1', 'ce-2'])
      expect(parts.map(({ content }) => JSON.parse(content ?? ''))).toEqual([cloudEvent, second])
    })

    it.each([
      ['nothing', []],
      ['one that is no object', [cloudEvent, 5]],
      ['one without an id', [cloudEvent, { ...second, id: undefined }]],
    ])('of %s is unusable, all of it: never half', (_, batch) => {
      expect(unusable(provider, batch).code).toBe('body-unusable')
    })
  })

  describe('in binary mode', () => {
    const data = { event_id: 'evt-1', uaekyc_id: 34890890, event_ts: '2026-03-30T12:40:00.000Z', visa: 'x' }
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'ce-1',
      'ce-source': 'icp/press-event-pipeline',
      'ce-type': TYPE,
      'ce-subject': 'somebody',
      'ce-time': '2026-03-30T12:45:00.000Z',
    }

    it('becomes an event whose attributes from headers are marked', () => {
      expect(partsOf(provider, data, headers)).toEqual([
        {
          id: 'evt-1',
          events: [
            {
              specversion: '1.0',
              id: 'evt-1',
              source: 'icp/press-event-pipeline',
              type: TYPE,
              subject: '34890890',
              time: '2026-03-30T12:40:00.000Z',
              datacontenttype: 'application/json',
              data: { ...data, uaekyc_id: '34890890' },
              provider: 'press',
            },
          ],
          unsigned: ['source', 'type'],
        },
      ])
    })

    it('has the same identity under other headers', () => {
      const replayed = { ...headers, 'ce-id': 'another', 'ce-type': 'another' }
      expect(partsOf(provider, data, replayed)[0]?.id).toBe('evt-1')
    })

    it('is identified by its bytes when it has no event_id', () => {
      const { event_id: _, ...rest } = data
      const body = JSON.stringify(rest)
      const digest = createHash('sha256').update(body).digest('hex')
      expect(partsOf(provider, body, headers)).toMatchObject([{ id: digest, events: [{ id: digest }] }])
    })

    it.each([
      ['neither person nor time', { visa: 'x' }],
      ['neither of a form that can be used', { uaekyc_id: {}, event_ts: 'yesterday' }],
    ])('with %s in the data has them from the headers, and says so', (_, fields) => {
      expect(partsOf(provider, fields, headers)).toMatchObject([
        {
          events: [{ subject: 'somebody', time: '2026-03-30T12:45:00.000Z' }],
          unsigned: ['source', 'type', 'subject', 'time'],
        },
      ])
    })

    it('marks nothing that it does not have', () => {
      const { 'ce-subject': _, 'ce-time': __, ...rest } = headers
      const [part] = partsOf(provider, { uaekyc_id: {}, event_ts: 'yesterday' }, rest)
      expect(part?.unsigned).toEqual(['source', 'type'])
    })

    it.each(['ce-id', 'ce-type'])('without %s is unusable', (name) => {
      const { [name as 'ce-id']: _, ...rest } = headers
      expect(unusable(provider, data, rest).code).toBe('body-unusable')
    })

    it('is not made of a body that is no object', () => {
      expect(unusable(provider, '"x"', headers).code).toBe('body-unusable')
    })
  })
})
