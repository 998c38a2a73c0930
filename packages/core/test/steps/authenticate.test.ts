import { createSecretKey, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KycWebhookError } from '../../src/errors.ts'
import { Head } from '../../src/head.ts'
import type { KeyRing } from '../../src/key-ring.ts'
import type { Provider, SignatureScheme } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { authenticate, isAuthentic } from '../../src/steps/authenticate.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import {
  type Delivery,
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  withHeaders,
} from '../support/signed.ts'
import {
  advanceAiVectors,
  oddBytes,
  pressVectors,
  rfc4231,
  type SignatureVector,
  uipBody,
  uipTimestamped,
} from '../vectors/signatures.ts'

const headOf = ({ headers }: Delivery) =>
  new Head(
    Object.entries(headers).flatMap(([name, values]) => [values ?? []].flat().flatMap((v) => [name, v])),
  )

function accepts(provider: Provider, secret: string, delivery: Delivery): boolean {
  const head = headOf(delivery)
  const { signatures } = readCredentials(provider, head)
  const key = createSecretKey(provider.signature.key(secret))
  return isAuthentic(provider.signature, head, delivery.body, signatures, [key])
}

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
    const keys = [createSecretKey(scheme.key(key))]
    expect(isAuthentic(scheme, new Head([]), Buffer.from(data, 'hex'), [signature], keys)).toBe(true)
    signature[0] = Number(signature[0]) ^ 1
    expect(isAuthentic(scheme, new Head([]), Buffer.from(data, 'hex'), [signature], keys)).toBe(false)
  })
})

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
    )
  })

  it('in the secret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{16,40}$/), anyBody, (secret, body) => {
        fc.pre(secret !== SECRETS.uip)
        expect(accepts(uip(), SECRETS.uip, signedUip(body, { secret }))).toBe(false)
      }),
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

describe('authenticate', () => {
  const { body, ...delivery } = signedUip('{"event":"test"}')
  const head = headOf({ ...delivery, body })
  const scheme = uip().signature
  const { signatures } = readCredentials(uip(), head)
  const right = createSecretKey(scheme.key(SECRETS.uip))
  const wrong = createSecretKey(Buffer.alloc(32, 1))
  const ring = (keys: KeyObject[], newer: KeyObject[] | undefined = undefined): KeyRing => ({
    load: async () => {},
    keys: () => keys,
    newer: async () => newer,
  })
  const run = (keyRing: KeyRing) => authenticate(scheme, keyRing, head, body, signatures)

  it.each([
    ['the only key', ring([right])],
    ['the first of two keys', ring([right, wrong])],
    ['the second of two keys', ring([wrong, right])],
    ['a key that the source has only now', ring([wrong], [wrong, right])],
  ])('is content with %s', async (_, keyRing) => {
    await expect(run(keyRing)).resolves.toBeUndefined()
  })

  it.each([
    ['other keys', ring([wrong])],
    ['other keys, now as before', ring([wrong], [wrong])],
    ['no keys', ring([])],
  ])('refuses with %s', async (_, keyRing) => {
    await expect(run(keyRing)).rejects.toMatchObject({ code: 'signature-mismatch' })
  })

  it('does not ask for newer keys while one of the known is right', async () => {
    const keyRing = { ...ring([right]), newer: () => Promise.reject(new Error('was asked')) }
    await expect(run(keyRing)).resolves.toBeUndefined()
  })

  it.each([
    ['an error of ours', new KycWebhookError('secret-missing', 'the list is empty'), 'the list is empty'],
    ['an error that might quote the secret', new Error(`bad: ${SECRETS.uip}`), undefined],
  ])('has no keys for %s: a fault, never a refusal', async (_, error, detail) => {
    const keyRing = { ...ring([]), keys: () => Promise.reject(error) }
    const fault = await run(keyRing).catch((thrown: unknown) => thrown)
    expect(fault).toMatchObject({ code: 'secret-unavailable' })
    expect(fault).toHaveProperty('detail', detail && expect.stringContaining(detail))
  })

  it('refuses when a header that the signature covers is not there', async () => {
    const covering: SignatureScheme = { ...scheme, signedContent: ({ header }) => [header('x-date')] }
    await expect(authenticate(covering, ring([right]), head, body, signatures)).rejects.toMatchObject({
      code: 'signature-mismatch',
      detail: 'the signed header x-date is missing',
    })
  })

  it('reads the signed headers as the bytes that they came as', async () => {
    // Node gives header bytes as Latin-1 characters: 0xe9 is one byte, not the two of UTF-8.
    const covering: SignatureScheme = { ...scheme, signedContent: ({ header }) => [header('x-name')] }
    const delivery = signedUip(Buffer.from([0xe9]), { headers: { 'X-Name': '\xe9' } })
    const signed = headOf(delivery)
    const read = readCredentials(uip(), signed)
    expect(isAuthentic(covering, signed, delivery.body, read.signatures, [right])).toBe(true)
  })
})
