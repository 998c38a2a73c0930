import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { accepts } from '../support/accepts.ts'
import { runs } from '../support/runs.ts'
import {
  type Delivery,
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  withHeaders,
} from '../support/signed.ts'

describe('any change is noticed', () => {
  const anyBody = fc.uint8Array({ minLength: 1, maxLength: 300 })
  const changed = (bytes: Uint8Array, at: number, by: number) =>
    bytes.map((byte, index) => (index === at % bytes.length ? byte ^ by : byte))
  const place = fc.nat()
  const difference = fc.integer({ min: 1, max: 255 })
  const digitChanged = (text: string, at: number, alphabet: string) => {
    const index = at % text.length
    const other = alphabet[(alphabet.indexOf(text.charAt(index)) + 1) % alphabet.length]
    return `${text.slice(0, index)}${other}${text.slice(index + 1)}`
  }

  it('what was signed is authentic, whatever the bytes', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        expect(accepts(press(), SECRETS.press, signedPress(body))).toBe(true)
        expect(accepts(uip(), SECRETS.uip, signedUip(body))).toBe(true)
        expect(accepts(advanceAi(), SECRETS['advance-ai'], signedAdvanceAi(body))).toBe(true)
      }),
      runs(100),
    )
  })

  it('in any byte of the body', () => {
    fc.assert(
      fc.property(anyBody, place, difference, (body, at, by) => {
        const change = (delivery: Delivery) => ({ ...delivery, body: changed(body, at, by) })
        expect(accepts(press(), SECRETS.press, change(signedPress(body)))).toBe(false)
        expect(accepts(uip(), SECRETS.uip, change(signedUip(body)))).toBe(false)
        expect(accepts(advanceAi(), SECRETS['advance-ai'], change(signedAdvanceAi(body)))).toBe(false)
      }),
      runs(100),
    )
  })

  it('in the length of the body', () => {
    fc.assert(
      fc.property(anyBody, place, fc.uint8Array({ minLength: 1, maxLength: 3 }), (body, at, more) => {
        const delivery = signedPress(body)
        const shorter = body.subarray(0, at % body.length)
        const longer = Buffer.concat([body, more])
        expect(accepts(press(), SECRETS.press, { ...delivery, body: shorter })).toBe(false)
        expect(accepts(press(), SECRETS.press, { ...delivery, body: longer })).toBe(false)
      }),
      runs(100),
    )
  })

  it('in any digit of the timestamp', () => {
    fc.assert(
      fc.property(anyBody, place, (body, at) => {
        const delivery = signedPress(body)
        const timestamp = digitChanged(String(delivery.headers['X-Webhook-Timestamp']), at, '0123456789')
        const forged = withHeaders(delivery, { 'X-Webhook-Timestamp': timestamp })
        expect(accepts(press(), SECRETS.press, forged)).toBe(false)
      }),
      runs(100),
    )
  })

  it('in any digit of the signature', () => {
    fc.assert(
      fc.property(anyBody, place, (body, at) => {
        const delivery = signedPress(body)
        const signature = digitChanged(
          String(delivery.headers['X-Webhook-Signature']),
          at,
          '0123456789abcdef',
        )
        const forged = withHeaders(delivery, { 'X-Webhook-Signature': signature })
        expect(accepts(press(), SECRETS.press, forged)).toBe(false)
      }),
      runs(100),
    )
  })

  it('in the secret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{16,40}$/), anyBody, (secret, body) => {
        fc.pre(secret !== SECRETS.uip)
        expect(accepts(uip(), SECRETS.uip, signedUip(body, { secret }))).toBe(false)
      }),
      runs(100),
    )
  })

  it('in where the timestamp ends and the body begins', () => {
    // `177.4{...}` signed as timestamp 177 and body `4{...}` is not timestamp 177.4 and body `{...}`.
    const delivery = signedPress('4{"id":"a"}', { timestamp: '177' })
    const moved = { headers: withHeaders(delivery, { 'X-Webhook-Timestamp': '177.4' }).headers }
    expect(() => accepts(press(), SECRETS.press, { ...moved, body: Buffer.from('{"id":"a"}') })).toThrow(
      expect.objectContaining({ code: 'timestamp-malformed' }),
    )
  })
})
