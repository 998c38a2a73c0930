import { describe, expect, it } from 'vitest'
import { parseCloudEvents } from '../src/cloud-events/index.ts'
import { deliveryOf } from './delivery-of.ts'
import { refusal } from './refusal.ts'
import { minimal } from './vectors/cloud-events.ts'

const typed = (contentType: string, value: unknown = minimal) =>
  deliveryOf({ 'content-type': contentType }, JSON.stringify(value))
const binaryHeaders = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/', 'ce-type': 't' }

describe('the mode', () => {
  it.each([
    'application/cloudevents+json',
    'Application/CloudEvents+JSON',
    'application/cloudevents+json; charset=utf-8',
    'application/cloudevents+json;CHARSET="UTF-8"',
    'application/cloudevents+json ; charset=utf-8; v=1',
  ])('is structured for %s', (contentType) => {
    expect(parseCloudEvents(typed(contentType))).toStrictEqual({ mode: 'structured', events: [minimal] })
  })

  it.each(['application/cloudevents-batch+json', 'APPLICATION/cloudevents-batch+json; charset=UTF-8'])(
    'is batched for %s',
    (contentType) => {
      expect(parseCloudEvents(typed(contentType, [minimal, minimal]))).toStrictEqual({
        mode: 'batched',
        events: [minimal, minimal],
      })
      expect(parseCloudEvents(typed(contentType, []))).toStrictEqual({ mode: 'batched', events: [] })
    },
  )

  it.each([
    undefined,
    'application/json',
    'text/plain',
    'application/json; of="application/cloudevents+json"',
  ])('is binary for %s beside ce- headers', (contentType) => {
    const headers =
      contentType === undefined ? binaryHeaders : { ...binaryHeaders, 'content-type': contentType }
    const { mode, events } = parseCloudEvents(deliveryOf(headers))
    expect(mode).toBe('binary')
    expect(events).toMatchObject([{ id: '1' }])
  })

  it('is binary already for one header that every event has', () => {
    const reasonOf = (headers: Record<string, string>) =>
      refusal(() => parseCloudEvents(deliveryOf(headers))).reason
    expect(reasonOf({ 'ce-id': '1' })).toBe('specversion is missing')
    expect(reasonOf({ 'ce-specversion': '1.0' })).toBe('id is missing')
  })

  it('is told by the content type even beside ce- headers', () => {
    const headers = { ...binaryHeaders, 'content-type': 'application/cloudevents+json' }
    expect(parseCloudEvents(deliveryOf(headers, JSON.stringify(minimal))).events).toStrictEqual([minimal])
  })

  it.each([
    'application/cloudevents',
    'application/cloudevents+xml',
    'application/cloudevents+avro',
    'application/cloudevents-batch',
    'application/cloudevents-batch+protobuf',
    'Application/CloudEvents+jsonl',
  ])('is none for %s', (contentType) => {
    const headers = { ...binaryHeaders, 'content-type': contentType }
    expect(refusal(() => parseCloudEvents(deliveryOf(headers, '{}'))).reason).toBe(
      'the event format is not JSON',
    )
  })

  it.each(['', 'application/json', 'text/plain', ' '])(
    'is none for %j without ce- headers',
    (contentType) => {
      expect(refusal(() => parseCloudEvents(typed(contentType))).reason).toContain('CloudEvent')
    },
  )
})

describe('a structured or batched body', () => {
  it.each([
    ['charset=utf-16', 'the charset of the event is not UTF-8'],
    ['charset=iso-8859-1', 'the charset of the event is not UTF-8'],
    ['charset', 'content-type is not a media type'],
    ['charset=utf-8; charset=utf-16', 'content-type is not a media type'],
  ])('is refused with %s', (parameters, reason) => {
    for (const type of ['application/cloudevents+json', 'application/cloudevents-batch+json']) {
      expect(refusal(() => parseCloudEvents(typed(`${type}; ${parameters}`))).reason).toBe(reason)
    }
  })

  it('is an object in one mode and an array in the other', () => {
    refusal(() => parseCloudEvents(typed('application/cloudevents+json', [minimal])))
    refusal(() => parseCloudEvents(typed('application/cloudevents-batch+json', minimal)))
  })

  it.each(['', '{', '\u0000', '<event/>', '{"specversion":"1.0"'])('is JSON, not %j', (body) => {
    const broken = deliveryOf({ 'content-type': 'application/cloudevents+json' }, body)
    expect(refusal(() => parseCloudEvents(broken)).code).toBe('body-not-json')
  })

  it('is not parsed again when the delivery has parsed it', () => {
    const parsed = {
      ...deliveryOf({ 'content-type': 'application/cloudevents+json' }, '!'),
      json: () => minimal,
    }
    expect(parseCloudEvents(parsed).events).toStrictEqual([minimal])
  })
})
