import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStructured } from '../../src/cloud-events/index.ts'
import { press } from '../../src/providers/press.ts'
import { eventsOf, unusable } from '../support/normalised.ts'

const provider = press()
const TYPE = 'ae.uaekyc.icp.immigration_entry.v1'

describe('what is not usable', () => {
  it.each([
    ['empty', '', 'body-not-json'],
    ['white space', ' \n', 'body-not-json'],
    ['truncated', '{"id":"a","data":[', 'body-not-json'],
    ['XML', '<id>a</id>', 'body-not-json'],
    ['a form', 'id=a&data=b', 'body-not-json'],
    ['with a trailing comma', '{"id":"a",}', 'body-not-json'],
    ['NaN', '{"id":NaN}', 'body-not-json'],
    ['a NUL', '\0', 'body-not-json'],
    ['nested too deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'body-too-deep'],
    ['null', 'null', 'body-unusable'],
    ['a number', '42', 'body-unusable'],
    ['text', '"x"', 'body-unusable'],
    ['an empty list', '[]', 'body-unusable'],
    ['an empty object', '{}', 'body-unusable'],
    ['without data', '{"specversion":"1.0","id":"a","source":"s"}', 'body-unusable'],
    ['data as an object, and no type', '{"id":"a","data":{}}', 'body-unusable'],
  ])('%s', (_, body, code) => {
    expect(unusable(provider, body).code).toBe(code)
  })

  it.each([
    ['UTF-16', Buffer.from('{"id":"a"}', 'utf16le')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('%s', (_, body) => {
    expect(unusable(provider, body).code).toBe('body-not-json')
  })
})

describe('every event is a valid CloudEvent', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a b', '%', 'http://[', 'icp/press'))
  const anything = fc.oneof(text, fc.integer(), fc.constant(null), fc.constant({ $ne: null }))

  it('whatever the fields of the envelope are', () => {
    const group = fc.record({
      type: fc.constantFrom(TYPE, 'ae.uaekyc.icp.other.v1'),
      records: fc.array(fc.record({ event_ts: anything, uaekyc_id: fc.integer(), x: fc.jsonValue() })),
    })
    const body = fc.record({ id: fc.uuid(), source: anything, time: anything, data: fc.array(group) })
    fc.assert(
      fc.property(body, (content) => {
        for (const event of eventsOf(provider, content)) {
          expect(parseStructured(JSON.parse(JSON.stringify(event)))).toEqual(
            JSON.parse(JSON.stringify(event)),
          )
        }
      }),
    )
  })
})
