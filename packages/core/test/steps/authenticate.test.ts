import { createSecretKey, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { KycWebhookError } from '../../src/errors.ts'
import type { KeyRing } from '../../src/key-ring.ts'
import type { SignatureScheme } from '../../src/provider.ts'
import { uip } from '../../src/providers/uip.ts'
import { authenticate, isAuthentic } from '../../src/steps/authenticate.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import { headOf } from '../support/accepts.ts'
import { SECRETS, signedUip } from '../support/signed.ts'

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
