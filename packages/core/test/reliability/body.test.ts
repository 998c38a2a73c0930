/** Stimuli 49 to 58: what is in a body that was rightly signed. The numbers are those of the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { codeOf, receiving } from '../support/receiving.ts'
import { senders } from '../support/senders.ts'
import { type Content, signedAdvanceAi, signedPress, signedUip } from '../support/signed.ts'
import { aaiCompleted, pressEnvelope } from '../vectors/documented.ts'

const envelopeWith = (fields: string) =>
  `{"specversion":"1.0","id":"odd","source":"icp","data":[{"type":"t","records":[{"event_id":"e",${fields}}]}]}`

describe('49 odd, but valid', () => {
  it.each([
    ['CRLF and tabs', '\r\n\t"a"\t:\r\n1', { a: 1 }],
    ['an escaped slash', '"a":"\\/"', { a: '/' }],
    ['\\u escapes, also in names', '"\\u0061":"\\u00e9\\ud83d\\ude00"', { a: 'é😀' }],
    ['U+2028', '"a":"\u2028\u2029"', { a: '\u2028\u2029' }],
    ['text in NFD', '"a":"e\u0301"', { a: 'e\u0301' }],
    ['1.0, 1e2 and -0', '"a":[1.0,1e2,-0]', { a: [1, 100, 0] }],
    ['a repeated key', '"a":1,"a":2', { a: 2 }],
    ['replacement patterns', '"a":"$& $$ $1 {body}"', { a: '$& $$ $1 {body}' }],
    ['200 KB', `"a":"${'x'.repeat(200_000)}"`, { a: 'x'.repeat(200_000) }],
  ])('%s: 200, handled once', async (_, fields, data) => {
    const { receive, handled } = receiving(press())
    for (const body of [envelopeWith(fields), envelopeWith(fields)]) {
      expect((await receive(signedPress(body))).status).toBe(200)
    }
    expect(await handled()).toMatchObject([{ data }])
  })

  it('a newline behind it', async () => {
    const { receive } = receiving(press())
    expect((await receive(signedPress(`${JSON.stringify(pressEnvelope)}\n`))).status).toBe(200)
  })
})

const unusable: [string, Content, string][] = [
  ['50 empty', '', 'body-not-json'],
  ['50 white space', ' \r\n', 'body-not-json'],
  ['50 truncated', '{"id":"a","eventId":"a","event":"a","da', 'body-not-json'],
  ['50 null', 'null', 'body-unusable'],
  ['50 a number', '42', 'body-unusable'],
  ['50 text', '"x"', 'body-unusable'],
  ['50 an empty list', '[]', 'body-unusable'],
  ['50 an empty object', '{}', 'body-unusable'],
  ['50 a trailing comma', '{"id":1,}', 'body-not-json'],
  ['50 NaN', '{"id":NaN}', 'body-not-json'],
  ['50 XML', '<event/>', 'body-not-json'],
  ['50 a form', 'id=1&data=2', 'body-not-json'],
  ['50 UTF-16', Buffer.from('{"id":1}', 'utf16le'), 'body-not-json'],
  ['50 a NUL', '{"id":"\0"}', 'body-not-json'],
  ['51 invalid UTF-8', Buffer.from('{"id":"\xff","event":"x","eventId":"y"}', 'latin1'), 'body-not-json'],
  ['51 a lone surrogate in UTF-8', Buffer.from('{"id":"\xed\xa0\x80"}', 'latin1'), 'body-not-json'],
  ['52 100 000 lists in each other', '['.repeat(100_000) + ']'.repeat(100_000), 'body-too-deep'],
  ['52 50 000 objects in each other', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'body-too-deep'],
  [
    '58 an operator of a query for an id',
    { id: { $ne: null }, event: { $ne: null }, eventId: { $ne: null }, data: [] },
    'body-unusable',
  ],
  [
    '58 the wrong type everywhere',
    { id: [], event: [], eventId: [], eventType: [], type: [], data: 5 },
    'body-unusable',
  ],
]

describe.each(senders)('$name: rightly signed, but', ({ provider, sign }) => {
  it.each(unusable)('%s: 400, the bytes in quarantine, soon', async (_, content, code) => {
    const { receive, inbox, log, handled } = receiving(provider)
    const delivery = sign(content)
    const startedAt = performance.now()
    const reply = await receive(delivery)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect([reply.status, codeOf(reply)]).toEqual([400, code])
    const [row] = await inbox.quarantined()
    expect(row).toMatchObject({ reason: code, count: 1 })
    expect(Buffer.from(row?.body ?? []).equals(delivery.body)).toBe(true)
    expect(log.where({ level: 'error', code, quarantined: true })).toHaveLength(1)
    expect(await handled()).toEqual([])
  })

  it('50 unusable each time it comes: one row in quarantine that counts', async () => {
    const { receive, inbox } = receiving(provider)
    for (let times = 0; times < 3; times++) await receive(sign('{}'))
    expect(await inbox.quarantined()).toMatchObject([{ count: 3 }])
  })
})

describe('51 a byte order mark', () => {
  it('is read over, and is part of what is signed', async () => {
    const { receive } = receiving(uip())
    expect((await receive(signedUip('\ufeff{"event":"test","data":{"pong":"Pong"}}'))).status).toBe(200)
  })
})

describe('numbers', () => {
  it('53 of a million digits stall nothing', async () => {
    const { receive, handled } = receiving(press())
    const startedAt = performance.now()
    expect((await receive(signedPress(envelopeWith(`"n":${'9'.repeat(1_000_000)}`)))).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(400)
    expect(await handled()).toMatchObject([{ data: { n: '9'.repeat(1_000_000) } }])
  })

  it('56 caseId …050 and …051 arrive as two, exact', async () => {
    const { receive, handled } = receiving(advanceAi())
    for (const caseId of ['1998600000000026050', '1998600000000026051']) {
      const body = `{"eventId":"e-${caseId}","eventType":"AML_OGS_UPDATE","data":{"caseId":${caseId}}}`
      expect((await receive(signedAdvanceAi(body))).status).toBe(200)
    }
    expect((await handled()).map(({ data }) => data)).toEqual([
      { caseId: '1998600000000026050' },
      { caseId: '1998600000000026051' },
    ])
  })
})

describe('keys', () => {
  it('54 200 000 of them stall nothing', async () => {
    const fields = Array.from({ length: 200_000 }, (_, at) => `"k${at}":1`).join(',')
    const { receive } = receiving(press(), { maxBodyBytes: 10_000_000, budgetMs: 5_000 })
    expect((await receive(signedPress(envelopeWith(fields)))).status).toBe(200)
  })

  it.each(['__proto__', 'constructor', 'prototype'])(
    '55 %s is a field like any other, and harms no other event',
    async (key) => {
      const { receive, handled } = receiving(advanceAi())
      const data = `{"signatureId":"1","${key}":{"polluted":true,"prototype":{"polluted":true}}}`
      await receive(
        signedAdvanceAi(`{"eventId":"a","eventType":"COMPLETED","${key}":{"polluted":true},"data":${data}}`),
      )
      await receive(signedAdvanceAi(aaiCompleted))
      const [first, second] = await handled()
      expect(Object.entries(first?.data ?? {})).toContainEqual([
        key,
        expect.objectContaining({ polluted: true }),
      ])
      expect(second?.data).not.toHaveProperty('polluted')
      expect({}).not.toHaveProperty('polluted')
    },
  )
})

describe('any Content-Type', () => {
  const types = [
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'APPLICATION/JSON',
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    '',
    undefined,
  ]

  it.each(senders.flatMap((sender) => types.map((type) => [sender.name, type, sender] as const)))(
    'of %s is accepted: %s',
    async (_, type, { provider, sign, content }) => {
      const { receive } = receiving(provider)
      expect((await receive(sign(content, { headers: { 'Content-Type': type } }))).status).toBe(200)
    },
  )
})
