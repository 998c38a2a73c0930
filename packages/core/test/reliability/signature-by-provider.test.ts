import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import { senders } from '../support/senders.ts'
import {
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  TIMESTAMP,
  withHeaders,
} from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from '../vectors/documented.ts'

describe('15 PRESS refuses', () => {
  const delivery = signedPress(pressEnvelope)
  const with_ = (signature: string) => withHeaders(delivery, { 'X-Webhook-Signature': signature })
  const mac = (content: string | Uint8Array, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', SECRETS.press).update(content).digest(encoding)
  const signed = Buffer.concat([Buffer.from(`${TIMESTAMP}.`), delivery.body])

  it.each([
    ['an HMAC of the body alone', with_(mac(delivery.body)), 'signature-mismatch'],
    [
      'an HMAC for another time',
      withHeaders(delivery, { 'X-Webhook-Timestamp': '1774874701' }),
      'signature-mismatch',
    ],
    [
      'an HMAC without the dot',
      with_(mac(Buffer.concat([Buffer.from(TIMESTAMP), delivery.body]))),
      'signature-mismatch',
    ],
    ['its Base64 form', with_(mac(signed, 'base64')), 'signature-malformed'],
  ])('%s', async (_, forgery, code) => {
    expect(await refused(receiving(press()), forgery)).toBe(code)
  })

  it('nothing of the form that its pages show: with sha256=', async () => {
    expect((await receiving(press()).receive(with_(`sha256=${mac(signed)}`))).status).toBe(200)
  })
})

it('16 PRESS: a dot moved from the body into the timestamp', async () => {
  const inner = JSON.stringify(pressEnvelope)
  const { headers } = signedPress(`5.${inner}`)
  const moved = withHeaders(
    { headers, body: Buffer.from(inner) },
    { 'X-Webhook-Timestamp': `${TIMESTAMP}.5` },
  )
  expect(await refused(receiving(press()), moved)).toBe('timestamp-malformed')
})

describe('17 ADVANCE.AI refuses', () => {
  const delivery = signedAdvanceAi(aaiCompleted)
  const secret = SECRETS['advance-ai']
  const mac = (key: string | Buffer, content: string | Uint8Array, encoding: 'hex' | 'base64' = 'base64') =>
    createHmac('sha256', key).update(content).digest(encoding)
  const key = Buffer.from(secret, 'base64')

  it.each([
    ['a key that was not decoded', mac(secret, delivery.body), 'signature-mismatch'],
    ['hex', mac(key, delivery.body, 'hex'), 'signature-malformed'],
    ['the timestamp in the HMAC', mac(key, `${TIMESTAMP}.${delivery.body}`), 'signature-mismatch'],
    ['Base64 without padding', mac(key, delivery.body).replace('=', ''), 'signature-malformed'],
  ])('%s', async (_, signature, code) => {
    expect(await refused(receiving(advanceAi()), withHeaders(delivery, { 'aai-signature': signature }))).toBe(
      code,
    )
  })

  it.each([
    ['without its padding', secret.slice(0, -1)],
    ['with a character that is not Base64', `${secret.slice(0, 8)}!${secret.slice(9)}`],
    ['in hex of odd length', 'abc'.repeat(15)],
    ['in the URL alphabet', `-_${secret.slice(2)}`],
  ])('a secret %s, when the receiver is made', (_, wrong) => {
    expect(() => receiving(advanceAi(), { secret: wrong })).toThrow(
      expect.objectContaining({ code: 'secret-malformed' }),
    )
  })
})

describe.each(senders)('18 $name, while secrets are rotated', ({ provider, name, content, sign }) => {
  const tomorrow =
    name === 'advance-ai' ? Buffer.alloc(32, 9).toString('base64') : 'whsec_the-secret-of-tomorrow'
  const today = SECRETS[name]

  it('accepts what either of two secrets signed', async () => {
    const { receive } = receiving(provider, { secret: [tomorrow, today] })
    expect((await receive(sign(content, { secret: today }))).status).toBe(200)
    expect((await receive(sign(content, { secret: tomorrow }))).status).toBe(200)
  })

  it('accepts a brand-new secret at once, and refuses the retired one, without a restart', async () => {
    let secret: string = today
    const receiver = receiving(provider, { secret: async () => secret })
    expect((await receiver.receive(sign(content, { secret: today }))).status).toBe(200)
    receiver.clock.now += 5_000
    secret = tomorrow
    expect((await receiver.receive(sign(content, { secret: tomorrow }))).status).toBe(200)
    await receiver.handled()
    expect(await refused(receiver, sign(content, { secret: today }))).toBe('signature-mismatch')
  })
})

describe('UIP refuses what the other of its schemes signed, whatever headers say', () => {
  it('body', async () => {
    const headers = { 'X-UIP-Timestamp': TIMESTAMP }
    const timestamped = createHmac('sha256', SECRETS.uip)
      .update(`${TIMESTAMP}.${JSON.stringify(uipIdentify)}`)
      .digest('hex')
    const delivery = signedUip(uipIdentify, { headers: { ...headers, 'X-UIP-Signature': timestamped } })
    expect(await refused(receiving(uip()), delivery)).toBe('signature-mismatch')
  })

  it('timestamped', async () => {
    const receiver = receiving(uip({ scheme: 'timestamped' }))
    const delivery = signedUip(uipIdentify, { headers: { 'X-UIP-Timestamp': TIMESTAMP } })
    expect(await refused(receiver, delivery)).toBe('signature-mismatch')
    const undated = withHeaders(delivery, { 'X-UIP-Timestamp': undefined })
    expect(await refused(receiver, undated)).toBe('timestamp-missing')
  })
})
