import { beforeEach, describe, expect, it } from 'vitest'
import { KycWebhookError, Rejection } from '../../src/errors.ts'
import { type Key, toKeys } from '../../src/key.ts'
import type { KeyRing } from '../../src/key-ring.ts'
import type { SignatureScheme } from '../../src/provider.ts'
import { uip } from '../../src/providers/uip.ts'
import type { DatedSecret } from '../../src/receiver-options.ts'
import { authenticate, signingKey } from '../../src/steps/authenticate.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import { headOf } from '../support/accepts.ts'
import { NOW, SECRETS, signedUip } from '../support/signed.ts'

describe('authenticate', () => {
  const { body, ...delivery } = signedUip('{"event":"test"}')
  const head = headOf({ ...delivery, body })
  const scheme = uip().signature
  const { signatures } = readCredentials(uip(), head)
  const keyOf = (secret: string, life: Partial<DatedSecret> = {}): Key => {
    const [key] = toKeys({ secret, ...life }, scheme.key)
    return key as Key
  }
  const right = keyOf(SECRETS.uip)
  const wrong = keyOf('uip_whsec_another_0123456789')
  const over = keyOf(SECRETS.uip, { id: 'spring', notAfter: '2026-03-30T12:45:00Z' })
  const ahead = keyOf(SECRETS.uip, { id: 'summer', notBefore: '2026-03-30T12:45:00.001Z' })
  const used: Key[] = []
  beforeEach(() => void used.splice(0))
  const ring = (keys: Key[], newer: Key[] | undefined = undefined): KeyRing => ({
    load: async () => {},
    keys: () => keys,
    newer: async () => newer,
    used: (key) => void used.push(key),
    close: () => {},
  })
  const run = (keyRing: KeyRing) => authenticate(scheme, keyRing, head, body, signatures, NOW)

  it.each([
    ['the only key', ring([right])],
    ['the first of two keys', ring([right, wrong])],
    ['the second of two keys', ring([wrong, right])],
    ['a key that the source has only now', ring([wrong], [wrong, right])],
    ['a secret that is there twice, once in force', ring([over, ahead, right])],
    ['a key that was given a longer life', ring([over], [right])],
  ])('is content with %s, and says which key it is', async (_, keyRing) => {
    expect(await run(keyRing)).toBe(right)
    expect(used).toEqual([right])
  })

  it.each([
    ['over', ring([wrong, over]), 'spring (in force until 2026-03-30T12:45:00.000Z)'],
    ['ahead', ring([ahead, wrong]), 'summer (in force from 2026-03-30T12:45:00.001Z)'],
    ['over by now', ring([wrong], [wrong, over]), 'spring (in force until 2026-03-30T12:45:00.000Z)'],
  ])(
    'with a key whose life is %s has a fault of ours: the provider is to send it again',
    async (_, keyRing, life) => {
      await expect(run(keyRing)).rejects.toEqual(
        new Rejection('secret-not-in-force', `the delivery is signed with ${life}`),
      )
      expect(used).toHaveLength(1)
    },
  )

  it('cannot say who is right while no key is in force', async () => {
    const old = keyOf('uip_whsec_another_0123456789', { id: 'old', notAfter: '2026-01-01T00:00:00Z' })
    await expect(run(ring([old]))).rejects.toEqual(
      new Rejection('secret-not-in-force', 'there are only old (in force until 2026-01-01T00:00:00.000Z)'),
    )
    expect(used).toEqual([])
  })

  it.each([
    ['other keys', ring([wrong])],
    ['other keys, now as before', ring([wrong], [wrong])],
  ])('refuses with %s', async (_, keyRing) => {
    await expect(run(keyRing)).rejects.toMatchObject({ code: 'signature-mismatch' })
  })

  it('does not ask for newer keys while one of the known is right', async () => {
    const keyRing = { ...ring([right]), newer: () => Promise.reject(new Error('was asked')) }
    expect(await run(keyRing)).toBe(right)
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
    await expect(authenticate(covering, ring([right]), head, body, signatures, NOW)).rejects.toMatchObject({
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
    expect(signingKey(covering, signed, delivery.body, read.signatures, [right])).toBe(right)
  })
})
