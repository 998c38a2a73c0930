/** Whatever the head and the body are: what was signed is accepted or kept, everything else is refused, and nothing is a fault. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { press } from '../../src/providers/press.ts'
import { checkFreshness } from '../../src/steps/freshness.ts'
import { anyCharacter } from '../characters.ts'
import { hex, readPress } from '../support/read-credentials.ts'
import { receiving, requestOf } from '../support/receiving.ts'
import { rejection } from '../support/rejection.ts'
import { runs } from '../support/runs.ts'
import { NOW, SECRETS, TIMESTAMP } from '../support/signed.ts'

const names = [
  ...['X-Webhook-Signature', 'X-Webhook-Timestamp', 'X-Webhook-Id', 'Content-Type', 'Content-Encoding'],
  ...[
    'Transfer-Encoding',
    'Content-Length',
    'ce-id',
    'ce-type',
    'ce-source',
    'ce-specversion',
    'X-Forwarded-For',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'host', 'traceparent'],
]
const anyCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) =>
      [...name]
        .map((character, at) => (upper[at] ? character.toUpperCase() : character.toLowerCase()))
        .join(''),
    )
const headerName = fc.oneof(fc.constantFrom(...names).chain(anyCase), fc.stringMatching(/^[!-9;-~]{1,12}$/))
const headerValue = fc.oneof(
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,40}$/),
  fc.constantFrom('', '0', '1', 'gzip', 'identity', 'chunked', '1.0', 'a b', TIMESTAMP, hex, `sha256=${hex}`),
)
const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 12 })

describe('a head', () => {
  it('tells each header as it was sent, by its name in any case, and nothing else', () => {
    fc.assert(
      fc.property(headers, headerName, (sent, asked) => {
        const head = new Head(sent.flat())
        const name = asked.toLowerCase()
        const values = sent.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
        expect(head.all(name)).toEqual(values)
        expect(head.hint(name)).toBe(values.length === 1 ? values[0] : undefined)
        if (values.length > 1) expect(rejection(() => head.once(name)).code).toBe('header-repeated')
        else expect(head.once(name)).toBe(values[0])
      }),
      runs(300),
    )
  })
})

describe('a timestamp', () => {
  const text = fc.oneof(
    fc.stringMatching(/^[0-9]{0,14}$/),
    fc.stringMatching(/^[-+ .,eExX0-9]{1,14}$/),
    fc.string({ unit: anyCharacter, maxLength: 14 }),
    fc.constantFrom('NaN', 'Infinity', '٣', '１７７４８７４７００', '1774874700\n', ' 1774874700'),
  )

  it('is digits, at most eleven, or it is refused', () => {
    fc.assert(
      fc.property(text, (value) => {
        const isNumber =
          value.length <= 11 && [...value].every((character) => '0123456789'.includes(character))
        if (value === '') expect(rejection(() => readPress(hex, value)).code).toBe('timestamp-missing')
        else if (isNumber) expect(readPress(hex, value).timestamp).toBe(Number(value))
        else expect(rejection(() => readPress(hex, value)).code).toBe('timestamp-malformed')
      }),
      runs(1_000),
    )
  })

  it('is fresh up to the tolerance, either way, to the millisecond', () => {
    const near = fc.integer({ min: -700_000, max: 700_000 })
    fc.assert(
      fc.property(near, fc.integer({ min: 0, max: 600_000 }), (away, tolerance) => {
        const now = (NOW / 1_000) * 1_000 + away
        const expected =
          Math.abs(away) <= tolerance ? 'fresh' : away > 0 ? 'timestamp-stale' : 'timestamp-ahead'
        expect(checkFreshness(NOW / 1_000, now, tolerance)).toBe(expected)
      }),
      runs(1_000),
    )
  })
})

describe('a delivery of any head and any body', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json({ maxDepth: 3 }).map((json) => Buffer.from(json)),
    fc
      .jsonValue({ maxDepth: 2 })
      .map((data) => Buffer.from(JSON.stringify({ id: 'a', type: 't', source: '/', data }))),
    fc
      .jsonValue({ maxDepth: 2 })
      .map((record) => Buffer.from(JSON.stringify({ id: 'b', data: [{ type: 't', records: [record] }] }))),
  )

  it('is a reply; a 200 or a place in the inbox only for what was signed', async () => {
    // However busy the machine is.
    const { receiver, inbox } = receiving(press(), { budgetMs: 60_000 })
    const statuses = new Set<number>()
    let recorded = 0
    // Nothing is kept: there is a lot of it.
    inbox.record = async ({ quarantine }) => {
      recorded++
      return quarantine === undefined ? 'recorded' : 'quarantined'
    }
    const method = fc.constantFrom('POST', 'POST', 'POST', 'GET', '__proto__')
    await fc.assert(
      fc.asyncProperty(headers, body, fc.boolean(), method, async (sent, bytes, isSigned, method) => {
        const content = Buffer.concat([Buffer.from(`${TIMESTAMP}.`), bytes])
        const signature = createHmac('sha256', SECRETS.press).update(content).digest('hex')
        const own = ['X-Webhook-Signature', signature, 'X-Webhook-Timestamp', TIMESTAMP]
        const rawHeaders = [...sent.flat(), ...(isSigned ? own : [])]
        const before = recorded
        const request = { ...requestOf({ headers: {}, body: bytes }), method, rawHeaders }
        const { status } = await receiver.receive(request)
        statuses.add(status)
        if (!isSigned) expect(status).not.toBe(200)
        if (!isSigned) expect(recorded).toBe(before)
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      runs(1_000),
    )
    expect([...statuses].sort()).toEqual([200, 400, 401, 405, 415])
  })
})
