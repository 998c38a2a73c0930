import { expect, it } from 'vitest'
import { type Draft, PRESS_EVENT_NAMES, PRESS_TYPES, pressEvents } from '../src/index.ts'

const json = ({ body }: Draft) => JSON.parse(body.toString())
const ulid = expect.stringMatching(/^01[0-9A-HJKMNP-TV-Z]{24}$/)
const rfc3339 = expect.stringMatching(/^2026-03-30T\d\d:\d\d:\d\d\.\d{3}Z$/)

it('makes the envelope of the payload reference: several types, several people', () => {
  const draft = pressEvents().envelope({ IMMIGRATION_ENTRY: 3, NEW_ID: 1 })
  const record = (slug: string) => ({
    event_id: expect.stringMatching(`^evt-${slug}-\\d{9}$`),
    uaekyc_id: expect.any(Number),
    event_ts: rfc3339,
  })
  expect(draft.headers).toEqual({ 'Content-Type': 'application/cloudevents+json' })
  expect(json(draft)).toEqual({
    specversion: '1.0',
    id: draft.id,
    source: 'icp/press-event-pipeline',
    time: rfc3339,
    total_records: 4,
    data: [
      { type: 'ae.uaekyc.icp.immigration_entry.v1', records: Array(3).fill(record('immigration-entry')) },
      { type: 'ae.uaekyc.icp.new_id.v1', records: [record('new-id')] },
    ],
  })
  expect(draft.id).toEqual(ulid)
  const records = json(draft).data.flatMap((group: { records: unknown[] }) => group.records)
  expect(new Set(records.map((entry: { uaekyc_id: number }) => entry.uaekyc_id)).size).toBe(4)
  expect(new Set(records.map((entry: { event_id: string }) => entry.event_id)).size).toBe(4)
})

it('makes one envelope of each event by default, and takes further fields', () => {
  const drafts = pressEvents().each()
  expect(drafts.map((draft) => json(draft).data[0].type)).toEqual(Object.values(PRESS_TYPES))
  const fields = { name_ar: 'مريم', event_ts: undefined, huge: 2n ** 64n }
  const { body } = pressEvents().envelope(undefined, fields)
  expect(body.toString()).toMatch(
    /"records":\[{"event_id":"[^"]*","uaekyc_id":\d{8},"name_ar":"مريم","huge":18446744073709551616}]/,
  )
})

it('makes a structured CloudEvent', () => {
  const draft = pressEvents().structured('STATUS_CHANGE', { note: 'é' })
  expect(draft.headers).toEqual({ 'Content-Type': 'application/cloudevents+json' })
  expect(json(draft)).toEqual({
    specversion: '1.0',
    id: draft.id,
    source: 'icp/press-event-pipeline',
    type: 'ae.uaekyc.icp.status_change.v1',
    time: rfc3339,
    datacontenttype: 'application/json',
    data: {
      event_id: expect.any(String),
      uaekyc_id: expect.stringMatching(/^\d{8}$/),
      event_ts: rfc3339,
      note: 'é',
    },
  })
})

it('makes a binary CloudEvent', () => {
  const draft = pressEvents().binary()
  expect(draft.headers).toEqual({
    'Content-Type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': draft.id,
    'ce-source': 'icp/press-event-pipeline',
    'ce-type': 'ae.uaekyc.icp.immigration_entry.v1',
    'ce-time': rfc3339,
  })
  expect(Object.keys(json(draft)).sort()).toEqual(['event_id', 'event_ts', 'uaekyc_id'])
})

it('makes a batch of CloudEvents', () => {
  const draft = pressEvents().batch()
  expect(draft.headers).toEqual({ 'Content-Type': 'application/cloudevents-batch+json' })
  const events: { id: string; type: string }[] = json(draft)
  expect(events.map(({ type }) => type)).toEqual(PRESS_EVENT_NAMES.map((name) => PRESS_TYPES[name]))
  expect(new Set([draft.id, ...events.map(({ id }) => id)]).size).toBe(7)
})

it('gives the same bytes for the same seed, and others for another', () => {
  const all = (seed: number) => {
    const events = pressEvents({ seed })
    return [...events.each(), events.structured(), events.binary(), events.batch()]
  }
  expect(all(7)).toEqual(all(7))
  expect(all(8)).not.toEqual(all(7))
  expect(new Set(all(7).map(({ id }) => id)).size).toBe(9)
})

it('tells ever later times, from where it is told to start', () => {
  const events = pressEvents({ startsAt: '2027-01-01T00:00:00Z' })
  const times = Array.from({ length: 50 }, () => json(events.envelope()).time)
  expect(times).toEqual([...times].sort())
  expect(new Set(times).size).toBe(50)
  expect(times[0]).toMatch(/^2027-01-01T00:0/)
  expect(() => pressEvents({ startsAt: 'soon' })).toThrow(RangeError)
})
