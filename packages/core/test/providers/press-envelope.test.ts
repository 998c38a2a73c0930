import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { press } from '../../src/providers/press.ts'
import { eventsOf, partsOf, unusable } from '../support/normalised.ts'
import { pressEnvelope } from '../vectors/documented.ts'

const provider = press()
const TYPE = 'ae.uaekyc.icp.immigration_entry.v1'
const record = { event_id: 'evt-1', uaekyc_id: 34890890, event_ts: '2026-03-30T12:40:00.000Z' }
const envelope = (over: object) => ({ ...pressEnvelope, ...over })
const withRecords = (...records: unknown[]) => envelope({ data: [{ type: TYPE, records }] })

describe('the envelope of the payload reference', () => {
  it('becomes the event of its record', () => {
    expect(partsOf(provider, pressEnvelope)).toEqual([
      {
        id: '01JW4KR9TBMZ38EYN8N9THKKBC',
        events: [
          {
            specversion: '1.0',
            id: 'evt-imm-entry-999',
            source: 'icp/press-event-pipeline',
            type: TYPE,
            subject: '34890890',
            time: '2026-03-30T12:40:00.000Z',
            datacontenttype: 'application/json',
            data: {
              event_id: 'evt-imm-entry-999',
              uaekyc_id: '34890890',
              event_ts: '2026-03-30T12:40:00.000Z',
            },
            provider: 'press',
          },
        ],
      },
    ])
  })

  it('of several types and several people becomes an event for each record, in order', () => {
    const other = 'ae.uaekyc.icp.visa_cancellation.v1'
    const events = eventsOf(
      provider,
      envelope({
        total_records: 3,
        data: [
          { type: TYPE, records: [record, { ...record, event_id: 'evt-2', uaekyc_id: '2' }] },
          { type: other, records: [{ ...record, event_id: 'evt-3', uaekyc_id: 3 }] },
        ],
      }),
    )
    expect(events.map(({ id, type, subject }) => [id, type, subject])).toEqual([
      ['evt-1', TYPE, '34890890'],
      ['evt-2', TYPE, '2'],
      ['evt-3', other, '3'],
    ])
  })

  it('delivers a type that no page lists', () => {
    const data = [{ type: 'ae.uaekyc.icp.something_new.v7', records: [record] }]
    expect(eventsOf(provider, envelope({ data }))).toMatchObject([{ type: 'ae.uaekyc.icp.something_new.v7' }])
  })

  it('keeps the unknown fields of a record and minds none anywhere', () => {
    const data = [{ type: TYPE, region: 'AUH', records: [{ ...record, visa: { no: 7 }, __proto__: 1 }] }]
    const [event] = eventsOf(provider, envelope({ data, total_records: '1', traceparent: [], new: null }))
    expect(event?.data).toMatchObject({ visa: { no: 7 } })
  })

  it('stays one when PRESS adds the `type` that it lacks as a CloudEvent', () => {
    // The likeliest of the "new optional fields in future versions" of the sandbox checklist.
    const events = eventsOf(provider, envelope({ type: 'ae.uaekyc.icp.batch.v1' }))
    expect(events).toMatchObject([{ id: 'evt-imm-entry-999', type: TYPE }])
  })

  it.each([['specversion'], ['source'], ['time'], ['total_records']])('does without %s', (field) => {
    const { [field]: _, ...rest } = pressEnvelope
    expect(eventsOf(provider, rest)).toMatchObject([
      { id: 'evt-imm-entry-999', source: 'icp/press-event-pipeline' },
    ])
  })

  it('without records is a delivery without events', () => {
    expect(partsOf(provider, envelope({ data: [] }))).toEqual([{ id: pressEnvelope.id, events: [] }])
    expect(partsOf(provider, withRecords())).toEqual([{ id: pressEnvelope.id, events: [] }])
  })

  it('may have a number as id', () => {
    expect(partsOf(provider, envelope({ id: 42 }))[0]?.id).toBe('42')
  })

  it.each([
    ['no id', { id: undefined }],
    ['an empty id', { id: '' }],
    ['an id that is an operator of a query', { id: { $ne: null } }],
    ['an id that is a list', { id: ['a'] }],
    ['an id that is a fraction', { id: 1.5 }],
    ['a group that is no object', { data: ['x'] }],
    ['a group that is null', { data: [null] }],
    ['a group without a type', { data: [{ records: [] }] }],
    ['a group with an empty type', { data: [{ type: '', records: [] }] }],
    ['a group whose type is no text', { data: [{ type: { $gt: '' }, records: [] }] }],
    ['a group without records', { data: [{ type: TYPE }] }],
    ['a group whose records are an object', { data: [{ type: TYPE, records: {} }] }],
    ['a record that is no object', { data: [{ type: TYPE, records: [5] }] }],
    ['a record that is a list', { data: [{ type: TYPE, records: [[]] }] }],
  ])('with %s is unusable', (_, over) => {
    expect(unusable(provider, envelope(over)).code).toBe('body-unusable')
  })
})

describe('uaekyc_id', () => {
  it.each([
    ['34890890', '34890890'],
    ['"34890890"', '34890890'],
    ['"784-1990-1234567-1"', '784-1990-1234567-1'],
    ['9007199254740993', '9007199254740993'],
    ['784199012345678901234', '784199012345678901234'],
  ])('%s is the subject %s, and text in the data', (written, text) => {
    const body = JSON.stringify(withRecords(record)).replace('34890890', written)
    expect(eventsOf(provider, body)).toMatchObject([{ subject: text, data: { uaekyc_id: text } }])
  })

  it.each(['""', 'null', '1.5', '{"$ne":null}', '[]', 'true'])('%s names nobody', (written) => {
    const body = JSON.stringify(withRecords(record)).replace('34890890', written)
    const [event] = eventsOf(provider, body)
    expect(event).not.toHaveProperty('subject')
    expect(event?.data.uaekyc_id).toEqual(JSON.parse(written))
  })
})

describe('the time of an event', () => {
  it.each([
    ['2026-03-30T12:40:00.000Z', '2026-03-30T12:40:00.000Z'],
    ['2026-03-30T16:40:00+04:00', '2026-03-30T16:40:00+04:00'],
    [undefined, pressEnvelope.time],
    ['2026-03-30 12:40:00', pressEnvelope.time],
    [1774874400, pressEnvelope.time],
  ])('is event_ts, or that of the envelope: %s', (event_ts, time) => {
    expect(eventsOf(provider, withRecords({ ...record, event_ts }))).toMatchObject([{ time }])
  })

  it('is absent when neither is one', () => {
    const [event] = eventsOf(provider, { ...withRecords({ ...record, event_ts: 'soon' }), time: 'later' })
    expect(event).not.toHaveProperty('time')
    expect(event?.data.event_ts).toBe('soon')
  })
})

describe('the id of an event', () => {
  const ids = (...records: object[]) => eventsOf(provider, withRecords(...records)).map(({ id }) => id)
  const place = (index: number) => `${pressEnvelope.id}/0/${index}`

  it('is event_id, also as a number', () => {
    expect(ids({ event_id: 'a' }, { event_id: 7 })).toEqual(['a', '7'])
  })

  it('is the place in the delivery for a record without one', () => {
    expect(ids({}, { event_id: '' }, { event_id: {} })).toEqual([place(0), place(1), place(2)])
  })

  it('is the place in the delivery for a record whose id another record has', () => {
    expect(ids({ event_id: 'a' }, { event_id: 'a' }, { event_id: 'a' })).toEqual(['a', place(1), place(2)])
  })

  it('is different for each record of a delivery, whatever they call themselves', () => {
    const id = fc.option(fc.constantFrom('a', 'b', '', 1, null), { nil: undefined })
    fc.assert(
      fc.property(fc.array(fc.record({ event_id: id }), { maxLength: 6 }), (records) => {
        expect(new Set(ids(...records)).size).toBe(records.length)
      }),
    )
  })
})
