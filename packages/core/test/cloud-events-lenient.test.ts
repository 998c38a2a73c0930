import { describe, expect, it } from 'vitest'
import { parseBatch, parseBinary, parseCloudEvents, parseStructured } from '../src/cloud-events/index.ts'
import { deliveryOf } from './delivery-of.ts'
import { refusal } from './refusal.ts'
import { invalidChanges, minimal, validChanges } from './vectors/cloud-events.ts'

const lenient = { profile: 'lenient' } as const
const json = (value: unknown) => JSON.parse(JSON.stringify(value))
const parse = (changes: object) => parseStructured(json({ ...minimal, ...changes }), lenient)

describe('the lenient profile', () => {
  it.each(validChanges)('reads %s as the strict one does', (_, changes) => {
    expect(parse(changes)).toStrictEqual(parseStructured(json({ ...minimal, ...changes })))
  })

  it.each(
    invalidChanges.filter(([, changes]) => !['id', 'type', 'data_base64'].some((name) => name in changes)),
  )('does not refuse %s', (_, changes) => {
    expect(parse(changes)).toMatchObject({ id: minimal.id, type: minimal.type })
  })

  it('keeps what PRESS sends, names and values', () => {
    const press = {
      total_records: 1,
      uaekyc_id: 34890890,
      event_ts: '2026-03-30T12:40:00.000Z',
      Extra: { a: [1.5, null] },
    }
    expect(parse(press)).toStrictEqual({ ...minimal, ...press })
  })

  it.each([
    ['specversion', '0.3'],
    ['specversion', 1],
    ['source', '/a b'],
    ['source', 5],
    ['time', '2026-03-30 12:45:00'],
    ['time', 1774874700],
    ['datacontenttype', 'json'],
    ['dataschema', 'v1'],
    ['subject', ''],
    ['subject', {}],
    ['subject', 'a\nb'],
  ])('drops a %s of %j and makes none up', (name, value) => {
    const { [name]: _, ...rest } = minimal
    expect(parse({ [name]: value })).toStrictEqual(rest)
  })

  it('needs no more than id and type', () => {
    expect(parseStructured({ id: '1', type: 't' }, lenient)).toStrictEqual({ id: '1', type: 't' })
  })

  it.each([undefined, null, '', {}, [], true, 1.5, 2 ** 53, Number.NaN])('refuses an id of %j', (id) => {
    expect(refusal(() => parseStructured({ ...minimal, id }, lenient)).reason).toBe('id is missing')
  })

  it.each([undefined, null, '', {}, 5])('refuses a type of %j', (type) => {
    expect(refusal(() => parseStructured({ ...minimal, type }, lenient)).reason).toBe('type is missing')
  })

  it('takes the digits of a number for an id or a subject', () => {
    expect(parse({ id: 34890890, subject: 9007199254740991 })).toMatchObject({
      id: '34890890',
      subject: '9007199254740991',
    })
    expect(parse({ id: 0 }).id).toBe('0')
  })

  it('takes id and type as they stand', () => {
    expect(parse({ id: 'a\nb', type: '\u0000' })).toMatchObject({ id: 'a\nb', type: '\u0000' })
  })

  it('does not forgive data that cannot be decoded', () => {
    for (const changes of [{ data_base64: 'Y' }, { data_base64: 5 }, { data: 1, data_base64: 'YQ==' }]) {
      refusal(() => parse(changes))
    }
    const broken = { datacontenttype: 'application/json', data_base64: 'ew==' }
    expect(refusal(() => parse(broken)).code).toBe('body-not-json')
  })

  it('keeps data as it is when its type says otherwise', () => {
    expect(parse({ datacontenttype: 'text/plain', data: { a: 1 } }).data).toEqual({ a: 1 })
    expect(parse({ datacontenttype: 'odd', data: { a: 1 } }).data).toEqual({ a: 1 })
  })

  it('refuses a batch whole for an element without id', () => {
    expect(parseBatch([{ id: 1, type: 't', my_name: [] }], lenient)).toStrictEqual([
      { id: '1', type: 't', my_name: [] },
    ])
    refusal(() => parseBatch([minimal, { type: 't' }], lenient))
  })
})

describe('the lenient profile in HTTP', () => {
  const binary = { 'ce-id': '1', 'ce-type': 't' }

  it('keeps odd headers as they stand, and names as they are', () => {
    const headers = {
      ...binary,
      'ce-total_records': '1',
      'ce-subject': '100%',
      'ce-odd': '%C0%AF',
      'ce-time': 'now',
    }
    expect(
      parseBinary(deliveryOf({ ...headers, 'content-type': 'application/json' }, '{"a":1}'), lenient),
    ).toStrictEqual({
      id: '1',
      type: 't',
      total_records: '1',
      subject: '100%',
      odd: '%C0%AF',
      datacontenttype: 'application/json',
      data: { a: 1 },
    })
  })

  it('lets Content-Type and the body go before headers that claim to be them', () => {
    const headers = {
      ...binary,
      'ce-datacontenttype': 'text/plain',
      'ce-data': 'x',
      'ce-data_base64': 'eA==',
    }
    expect(parseBinary(deliveryOf(headers, '{"a":1}'), lenient)).toStrictEqual({
      id: '1',
      type: 't',
      data: Buffer.from('{"a":1}'),
    })
  })

  it('ignores a charset of JSON, as RFC 8259 section 11 says, and reads UTF-8', () => {
    for (const type of ['application/json', 'application/cloudevents+json']) {
      const headers = { ...binary, 'content-type': `${type}; charset=latin1; broken` }
      const body = '{"id":"1","type":"t"}'
      expect(parseCloudEvents(deliveryOf(headers, body), lenient).events[0]).toMatchObject({
        id: '1',
        type: 't',
      })
    }
    const latin1 = {
      ...deliveryOf({ ...binary, 'content-type': 'application/json; charset=latin1' }),
      body: Buffer.of(0x22, 0xe9, 0x22),
    }
    expect(refusal(() => parseCloudEvents(latin1, lenient)).code).toBe('body-not-json')
  })
})
