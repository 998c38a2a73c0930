import { describe, expect, it } from 'vitest'
import { parseBatch, parseStructured } from '../src/cloud-events/index.ts'
import { decodeJson } from '../src/json.ts'
import { refusal } from './refusal.ts'
import { invalidChanges, minimal, validChanges } from './vectors/cloud-events.ts'

/** The JSON object of the minimal event with changes, parsed from bytes as a delivery is. */
const sent = (changes: object) => decodeJson(Buffer.from(JSON.stringify({ ...minimal, ...changes })))

describe('an event in JSON', () => {
  it.each(validChanges)('may have %s', (_, changes) => {
    expect(parseStructured(sent(changes))).toStrictEqual({ ...minimal, ...changes })
  })

  it.each(invalidChanges)('is refused with %s', (_, changes, reason) => {
    const error = refusal(() => parseStructured(sent(changes)))
    expect(error.reason).toContain(reason)
    expect(error.code).toBe('body-unusable')
  })

  it.each([null, true, 1, '{}', [], [minimal]])('is an object, not %j', (value) => {
    expect(refusal(() => parseStructured(value)).reason).toBe('the event is not a JSON object')
  })

  it('lacks what is null, data excepted', () => {
    const nulls = {
      subject: null,
      time: null,
      datacontenttype: null,
      dataschema: null,
      anything: null,
      data_base64: null,
    }
    expect(parseStructured(sent(nulls))).toStrictEqual(minimal)
    expect(parseStructured(sent({ ...nulls, data: null }))).toStrictEqual({ ...minimal, data: null })
    expect(parseStructured(sent({}))).not.toHaveProperty('data')
  })

  it('keeps an integer beyond 2^53 - 1 exact', () => {
    const json = `{"caseId":1998600000000026050}`
    const event = JSON.stringify({ ...minimal, data: 0 }).replace('"data":0', `"data":${json}`)
    expect(parseStructured(decodeJson(Buffer.from(event))).data).toEqual({ caseId: '1998600000000026050' })
  })

  it('says nothing of what it refuses but the attribute', () => {
    for (const changes of [{ id: ['sirr'] }, { time: 'sirr' }, { SIRR: 'sirr' }, { data_base64: 'sirr!' }]) {
      expect(JSON.stringify(refusal(() => parseStructured(sent(changes))))).not.toMatch(/sirr/i)
    }
  })
})

describe('data_base64', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  it('is bytes, whatever they look like, when no type or another type is declared', () => {
    const data = new Uint8Array(Buffer.from('{"a":1}'))
    expect(parseStructured(sent({ data_base64: base64('{"a":1}') }))).toStrictEqual({ ...minimal, data })
    const pdf = { datacontenttype: 'application/pdf' }
    expect(parseStructured(sent({ ...pdf, data_base64: '' })).data).toStrictEqual(new Uint8Array())
  })

  it('is JSON when the type says so', () => {
    const json = { datacontenttype: 'application/vnd.press+json; charset=UTF-8' }
    expect(parseStructured(sent({ ...json, data_base64: base64('{"a":1}') })).data).toEqual({ a: 1 })
    expect(refusal(() => parseStructured(sent({ ...json, data_base64: base64('{"a"') }))).code).toBe(
      'body-not-json',
    )
    const deep = base64('['.repeat(100_000))
    expect(refusal(() => parseStructured(sent({ ...json, data_base64: deep }))).code).toBe('body-too-deep')
    const utf16 = { datacontenttype: 'application/json; charset=utf-16', data_base64: base64('1') }
    expect(refusal(() => parseStructured(sent(utf16))).reason).toContain('charset')
  })
})

describe('a batch', () => {
  it('has any number of events, also none', () => {
    expect(parseBatch([])).toEqual([])
    const events = [minimal, { ...minimal, id: '2', data: [] }, minimal]
    expect(parseBatch(events)).toStrictEqual(events)
  })

  it.each([
    ['an invalid event', [minimal, { ...minimal, id: '' }, minimal]],
    ['another specversion', [minimal, { ...minimal, specversion: '0.3' }]],
    ['no event', [minimal, 'event']],
    ['a batch', [[minimal]]],
    ['null', [minimal, null]],
  ])('is refused whole when it holds %s', (_, batch) => {
    refusal(() => parseBatch(batch))
  })

  it.each([minimal, {}, null, '[]'])('is an array, not %j', (value) => {
    expect(refusal(() => parseBatch(value)).reason).toBe('the batch is not a JSON array')
  })
})

describe('keys that are traps', () => {
  it.each(['strict', 'lenient'] as const)('pollute nothing in the %s profile', (profile) => {
    const json = JSON.stringify(minimal).replace('{', '{"__proto__":{"polluted":true,"data":1},')
    const run = () => parseStructured(decodeJson(Buffer.from(json)), { profile })
    if (profile === 'strict') {
      expect(refusal(run).reason).toBe('the name of an attribute is not legal')
    } else {
      const event = run()
      expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
      expect(Object.getOwnPropertyDescriptor(event, '__proto__')?.value).toEqual({ polluted: true, data: 1 })
      expect(event.data).toBeUndefined()
    }
    expect('polluted' in {}).toBe(false)
  })
})
