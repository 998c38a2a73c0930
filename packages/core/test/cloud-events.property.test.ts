import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CloudEvent, parseCloudEvents } from '../src/cloud-events/index.ts'
import { Unusable } from '../src/provider.ts'
import { arabicCharacter } from './characters.ts'
import { deliveryOf } from './delivery-of.ts'
import { encodeHeaderValue } from './encode-header-value.ts'
import { runs } from './support/runs.ts'

const typed = (contentType: string, value: unknown) =>
  deliveryOf({ 'content-type': contentType }, JSON.stringify(value))

// No control characters, unpaired surrogates or noncharacters ("Type System"); with a preference for Arabic.
const character = fc.oneof(
  arabicCharacter,
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  fc.constantFrom('%', '"', '\\', ' ', '%41', '\ufeff', '😀'),
)
const text = fc.string({ unit: character, minLength: 1, maxLength: 20 })
const extensionName = fc
  .stringMatching(/^[a-z\d]{1,20}$/)
  .filter((name) => !/^(specversion|id|source|type|subject|time|datacontenttype|dataschema|data)$/.test(name))
const event = (extension: fc.Arbitrary<unknown>): fc.Arbitrary<CloudEvent> =>
  fc
    .tuple(
      fc.dictionary(extensionName, extension, { maxKeys: 5, noNullPrototype: true }),
      fc.record({ id: text, type: text }),
      fc.record(
        {
          subject: text,
          time: fc
            .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
            .map((date) => date.toISOString()),
        },
        { requiredKeys: [] },
      ),
      fc.record({ data: fc.jsonValue() }, { requiredKeys: [] }),
    )
    .map(([extensions, ids, optional, data]) => ({
      ...extensions,
      ...ids,
      ...optional,
      specversion: '1.0',
      source: '/a',
      datacontenttype: 'application/json',
      ...JSON.parse(JSON.stringify(data)),
    }))

describe('what was sent arrives', () => {
  const extension = fc.oneof(text, fc.boolean(), fc.integer())
  const isExact = (value: unknown) => !/\d{16}/.test(JSON.stringify(value))

  it('in structured and batched mode', () => {
    fc.assert(
      fc.property(fc.array(event(extension).filter(isExact), { maxLength: 3 }), (events) => {
        const { events: batch } = parseCloudEvents(typed('application/cloudevents-batch+json', events))
        deepStrictEqual(batch, events)
        const singles = events.flatMap(
          (one) => parseCloudEvents(typed('application/cloudevents+json', one)).events,
        )
        deepStrictEqual(singles, events)
      }),
      runs(100),
    )
  })

  it('in binary mode', () => {
    fc.assert(
      fc.property(event(text).filter(isExact), (sent) => {
        const { data, datacontenttype = '', ...attributes } = sent
        const headers = Object.entries(attributes).map(([name, value]) => [
          `ce-${name}`,
          encodeHeaderValue(String(value)),
        ])
        const body = 'data' in sent ? JSON.stringify(data) : ''
        const all = { ...Object.fromEntries(headers), 'content-type': datacontenttype }
        deepStrictEqual(parseCloudEvents(deliveryOf(all, body)), { mode: 'binary', events: [sent] })
      }),
      runs(100),
    )
  })
})

describe('whatever arrives', () => {
  const types = {
    structured: 'application/cloudevents+json',
    batched: 'application/cloudevents-batch+json',
    binary: 'application/json',
  }
  const name = fc.oneof(
    fc.constantFrom(...'id source type specversion time subject datacontenttype dataschema'.split(' ')),
    fc.constantFrom('data', 'data_base64', '__proto__', 'constructor'),
    fc.string(),
  )
  const hostile = fc.dictionary(
    name,
    fc.oneof(fc.jsonValue(), fc.constantFrom('1.0', '%C0%AF', 'YQ==', 'application/json')),
  )

  it.each(['strict', 'lenient'] as const)('the %s profile gives events or refuses', (profile) => {
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('structured' as const, 'batched' as const, 'binary' as const),
        (members, mode) => {
          const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
          const headers = Object.entries(members).map(([key, value]) => [`ce-${key}`, textOf(value)])
          const all = { ...Object.fromEntries(headers), 'content-type': types[mode] }
          const body = JSON.stringify(mode === 'batched' ? [members] : members)
          try {
            const { events } = parseCloudEvents(deliveryOf(all, body), { profile })
            for (const { id, type } of events) expect([typeof id, typeof type]).toEqual(['string', 'string'])
          } catch (error) {
            expect(error).toBeInstanceOf(Unusable)
          }
          expect(Object.keys(Object.prototype)).toEqual([])
        },
      ),
      runs(1_000),
    )
  })
})
