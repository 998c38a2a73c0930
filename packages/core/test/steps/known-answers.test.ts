import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { toKeys } from '../../src/key.ts'
import type { SignatureScheme } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { signingKey } from '../../src/steps/authenticate.ts'
import { accepts } from '../support/accepts.ts'
import { type Delivery, SECRETS, withHeaders } from '../support/signed.ts'
import {
  advanceAiVectors,
  oddBytes,
  pressVectors,
  rfc4231,
  type SignatureVector,
  uipBody,
  uipTimestamped,
} from '../vectors/signatures.ts'

describe('known answers', () => {
  const pressDelivery = ({ body, timestamp, signature }: SignatureVector): Delivery => ({
    headers: { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature },
    body: Buffer.from(body),
  })
  const forms = ['whole', 'unprefixed', 'unprefixed-base64'] as const
  const pairs = forms.flatMap((secretForm) => forms.map((signedAs) => [secretForm, signedAs] as const))

  it.each(pairs)('PRESS, secret taken as %s, signed as %s', (secretForm, signedAs) => {
    const vector = pressVectors[signedAs]
    const accepted = accepts(press({ secretForm }), vector.secret, pressDelivery(vector))
    expect(accepted).toBe(secretForm === signedAs)
  })

  it('PRESS takes the secret whole unless told otherwise', () => {
    expect(accepts(press(), SECRETS.press, pressDelivery(pressVectors.whole))).toBe(true)
  })

  it('PRESS, with sha256= before it', () => {
    const delivery = pressDelivery(pressVectors.whole)
    const prefixed = withHeaders(delivery, {
      'x-webhook-signature': `sha256=${pressVectors.whole.signature}`,
    })
    expect(accepts(press(), SECRETS.press, prefixed)).toBe(true)
  })

  const uipDelivery = ({ body, timestamp, signature }: SignatureVector): Delivery => ({
    headers: { 'x-uip-timestamp': timestamp, 'x-uip-signature': signature },
    body: Buffer.from(body),
  })

  it.each([
    ['body', uipBody, true],
    ['timestamped', uipTimestamped, true],
    // Never guessed from the headers: each scheme refuses what the other signed.
    ['body', uipTimestamped, false],
    ['timestamped', uipBody, false],
  ] as const)('UIP, scheme %s', (scheme, vector, accepted) => {
    expect(accepts(uip({ scheme }), vector.secret, uipDelivery(vector))).toBe(accepted)
  })

  it.each(Object.entries(oddBytes))('%s', (_, { hex, signature }) => {
    const delivery = { headers: { 'x-uip-signature': signature }, body: Buffer.from(hex, 'hex') }
    expect(accepts(uip(), SECRETS.uip, delivery)).toBe(true)
  })

  const aaiDelivery = ({ body, timestamp, signature }: SignatureVector): Delivery => ({
    headers: { 'aai-timestamp': timestamp, 'aai-nonce': 'n', 'aai-signature': signature },
    body: Buffer.from(body),
  })

  it.each(['sha256', 'sha512'] as const)('ADVANCE.AI, %s', (algorithm) => {
    const vector = advanceAiVectors[algorithm]
    expect(accepts(advanceAi({ algorithm }), vector.secret, aaiDelivery(vector))).toBe(true)
  })

  const cases = rfc4231.flatMap((vector, index) =>
    (['sha256', 'sha512'] as const).map((algorithm) => [index + 1, algorithm, vector] as const),
  )
  it.each(cases)('RFC 4231, vector %d, %s', (_, algorithm, { key, data, [algorithm]: expected }) => {
    const scheme: SignatureScheme = {
      header: 'x',
      algorithm,
      encoding: 'hex',
      key: (secret) => Buffer.from(secret, 'hex'),
      signedContent: ({ body }) => [body],
    }
    const signature = Buffer.from(expected, 'hex')
    const keys = toKeys(key, scheme.key)
    expect(signingKey(scheme, new Head([]), Buffer.from(data, 'hex'), [signature], keys)).toBe(keys[0])
    signature[0] = Number(signature[0]) ^ 1
    expect(signingKey(scheme, new Head([]), Buffer.from(data, 'hex'), [signature], keys)).toBeUndefined()
  })
})
