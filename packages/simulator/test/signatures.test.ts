import { describe, expect, it } from 'vitest'
import { advanceAiSimulator, pressSimulator, uipSimulator } from '../src/index.ts'
import { ADVANCE_AI_SECRET, PRESS_SECRET, UIP_SECRET } from './support/secrets.ts'

// Every expected signature was computed with `openssl dgst -mac HMAC` and again with Python's `hmac`.
const url = 'http://127.0.0.1/'
const timestamp = 1774874700

describe('PRESS', () => {
  const body = '{"specversion":"1.0","id":"01JW4KR9TBMZ38EYN8N9THKKBC","note":"مريم 😀"}'

  it.each([
    ['whole', 'e68916685942ab3e7ae6d29b60b4e44d4942c8babe30cbbf45c88dc50e2b9334'],
    ['unprefixed', '5a73ab60e7663f0589fe2749fe2b814ccb68e5bf7e72061c7355170657cbd3cc'],
    ['unprefixed-base64', '737431180ef72d575df9f218bcf71a9642a998810b10b3b962671b8bf626785a'],
  ] as const)('signs timestamp and body; of the secret, the key is %s', (secretForm, expected) => {
    const press = pressSimulator({ url, secret: PRESS_SECRET, secretForm })
    expect(press.sign(body, { timestamp })).toEqual({
      'X-Webhook-Timestamp': '1774874700',
      'X-Webhook-Signature': expected,
    })
  })

  it('takes the whole secret and bare hex unless told otherwise', () => {
    const press = pressSimulator({ url, secret: PRESS_SECRET, now: () => timestamp * 1000 + 999 })
    expect(press.sign(Buffer.from(body))).toEqual({
      'X-Webhook-Timestamp': '1774874700',
      'X-Webhook-Signature': 'e68916685942ab3e7ae6d29b60b4e44d4942c8babe30cbbf45c88dc50e2b9334',
    })
  })

  it('writes sha256= in front on demand', () => {
    const press = pressSimulator({ url, secret: PRESS_SECRET, signatureForm: 'sha256=hex' })
    expect(press.sign(body, { timestamp })['X-Webhook-Signature']).toBe(
      'sha256=e68916685942ab3e7ae6d29b60b4e44d4942c8babe30cbbf45c88dc50e2b9334',
    )
  })
})

describe('UIP', () => {
  const body = '{"event":"test","data":{"pong":"Pong"}}'

  it('signs the body alone', () => {
    const uip = uipSimulator({ url, secret: UIP_SECRET })
    expect(uip.sign(body)).toEqual({
      'X-UIP-Signature': '1b52d3c4acfa025697fb2b5ad30afa621aeb300f1c84cf4d45c4ba76fb25d5ae',
    })
    expect(() => uip.sign(body, { timestamp })).toThrow('no timestamp is sent')
  })

  it('signs timestamp and body in the session API', () => {
    const uip = uipSimulator({ url, secret: UIP_SECRET, scheme: 'timestamped' })
    expect(uip.sign(body, { timestamp })).toEqual({
      'X-UIP-Timestamp': '1774874700',
      'X-UIP-Signature': '764b5336f7eadc5ec90a5de1c32ebe61a046ed27352792afa1b31d1608da4e31',
    })
    expect(() => uip.sign(body, { nonce: 'n' })).toThrow('no nonce is sent')
  })
})

describe('ADVANCE.AI', () => {
  const body = '{"eventId":"e-1","eventType":"AML_OGS_UPDATE","data":{"caseId":1998600000000026050}}'

  it.each([
    ['sha256', 'Qc7mMfpOIq+FZO/aV9MVlnalYsv5WUI7wHt4cWSl504='],
    ['sha512', 'XTNdYh7ICG6nwNSkKchAOE9DYU7bLoX1ku/w6ORCvhZEW/cUgR3QalRqZfE+lLEPv0hxciBmeleqF09mhcv0zA=='],
  ] as const)('signs the body alone with the decoded key and %s', (algorithm, expected) => {
    const advanceAi = advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET, algorithm })
    expect(advanceAi.sign(body, { timestamp, nonce: 'n-1' })).toEqual({
      'aai-timestamp': '1774874700',
      'aai-nonce': 'n-1',
      'aai-signature': expected,
    })
  })

  it('uses SHA-256 and a fresh nonce unless told otherwise', () => {
    const advanceAi = advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET })
    const [first, second] = [advanceAi.sign(body), advanceAi.sign(body)]
    expect(first['aai-signature']).toBe('Qc7mMfpOIq+FZO/aV9MVlnalYsv5WUI7wHt4cWSl504=')
    expect(first['aai-nonce']).not.toBe(second['aai-nonce'])
  })
})

it.each([
  ['an empty PRESS secret', () => pressSimulator({ url, secret: '' })],
  ['a bare prefix', () => pressSimulator({ url, secret: 'whsec_', secretForm: 'unprefixed' })],
  ['a missing prefix', () => pressSimulator({ url, secret: 'c2ltdWxh', secretForm: 'unprefixed' })],
  ['no Base64', () => pressSimulator({ url, secret: 'whsec_a', secretForm: 'unprefixed-base64' })],
  ['an empty UIP secret', () => uipSimulator({ url, secret: '' })],
  ['an empty ADVANCE.AI secret', () => advanceAiSimulator({ url, secret: '' })],
  ['unpadded Base64', () => advanceAiSimulator({ url, secret: ADVANCE_AI_SECRET.replace('=', '') })],
  ['URL-safe Base64', () => advanceAiSimulator({ url, secret: 'a-_b' })],
])('refuses a secret that cannot be one: %s', (_, create) => {
  expect(create).toThrow(TypeError)
})
