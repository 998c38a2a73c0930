/** What the providers' pages say of the delivery as such. How their bodies become events is tested beside. */
import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'

const MINUTE = 60_000
const DAY = 86_400_000

describe('PRESS', () => {
  const { name, signature, timestamp, nonce, hints, budgetMs, rememberMs, accepted } = press()

  it('signs with HMAC-SHA256 in hex', () => {
    expect(name).toBe('press')
    expect(signature).toMatchObject({ header: 'x-webhook-signature', algorithm: 'sha256', encoding: 'hex' })
  })

  it('sends Unix seconds, to be within five minutes', () => {
    expect(timestamp).toEqual({ header: 'x-webhook-timestamp', toleranceMs: 5 * MINUTE, signed: true })
    expect(nonce).toBeUndefined()
  })

  it('sends an id, an attempt and a subscription outside the signature', () => {
    expect(hints).toEqual({
      id: 'x-webhook-id',
      attempt: 'x-webhook-delivery-attempt',
      subscription: 'x-webhook-subscription-id',
    })
  })

  it('waits 500 ms and wants ids kept for seven days', () => {
    expect(budgetMs).toBeLessThan(500)
    expect(rememberMs).toBeGreaterThanOrEqual(7 * DAY)
  })

  it('takes 200 and a status for accepted', () => {
    expect(accepted).toEqual({ status: 200, contentType: 'application/json', body: '{"status":"accepted"}' })
  })
})

it('of polling, ADVANCE.AI asks for ten minutes, and its results and those of PRESS have no id of a delivery', () => {
  expect(advanceAi().polling).toEqual({ minEveryMs: 10 * MINUTE, sharesIds: false })
  expect(press().polling).toEqual({ sharesIds: false })
  expect(uip().polling).toBeUndefined()
})

describe('UIP', () => {
  it('by its webhooks page sends a signature and nothing else', () => {
    const { name, signature, timestamp, nonce, hints, accepted } = uip()
    expect(name).toBe('uip')
    expect(signature).toMatchObject({ header: 'x-uip-signature', algorithm: 'sha256', encoding: 'hex' })
    expect([timestamp, nonce, hints]).toEqual([undefined, undefined, undefined])
    expect(accepted.status).toBe(200)
  })

  it('by its session API sends a time that is signed, and a type and an id that are not', () => {
    const { timestamp, hints } = uip({ scheme: 'timestamped' })
    expect(timestamp).toEqual({ header: 'x-uip-timestamp', toleranceMs: 5 * MINUTE, signed: true })
    expect(hints).toEqual({ id: 'x-uip-delivery-id', type: 'x-uip-event' })
  })

  it('dates nothing, so that its ids are remembered for long', () => {
    expect(uip().rememberMs).toBeGreaterThanOrEqual(90 * DAY)
  })
})

describe('ADVANCE.AI', () => {
  it('signs in Base64, with the algorithm that is configured', () => {
    expect(advanceAi()).toMatchObject({
      name: 'advance-ai',
      signature: { header: 'aai-signature', algorithm: 'sha256', encoding: 'base64' },
    })
    expect(advanceAi({ algorithm: 'sha512' }).signature.algorithm).toBe('sha512')
  })

  it('sends Unix seconds, to be within five minutes, and a nonce', () => {
    expect(advanceAi().timestamp).toEqual({ header: 'aai-timestamp', toleranceMs: 5 * MINUTE })
    expect(advanceAi().nonce).toEqual({ header: 'aai-nonce', strict: false })
    expect(advanceAi({ strictNonce: true }).nonce?.strict).toBe(true)
  })

  it('waits 60 s and authenticates no time, so that its ids are remembered for long', () => {
    expect(advanceAi().budgetMs).toBeLessThan(60_000)
    expect(advanceAi().rememberMs).toBeGreaterThanOrEqual(90 * DAY)
  })

  it('takes any 2xx for accepted', () => {
    expect(advanceAi().accepted.status).toBe(200)
  })
})
