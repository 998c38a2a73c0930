import { describe, expect, it } from 'vitest'
import { defineProvider } from '../src/define-provider.ts'
import type { Provider } from '../src/provider.ts'
import { textKey } from '../src/secret-key.ts'
import { configurationError } from './support/configuration-error.ts'

const usable: Provider = {
  name: 'acme',
  signature: {
    header: 'x-acme-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    key: (secret) => textKey(secret),
    signedContent: ({ body }) => [body],
  },
  timestamp: { header: 'x-acme-time', toleranceMs: 300_000 },
  nonce: { header: 'x-acme-nonce', strict: false },
  hints: { id: 'x-acme-id' },
  keepHeaders: ['x-acme-kind'],
  budgetMs: 400,
  rememberMs: 7 * 86_400_000,
  accepted: { status: 200, contentType: 'text/plain', body: 'OK' },
  normalise: () => ({ id: 'a', events: [] }),
}

describe('defineProvider', () => {
  it('gives back the definition, which nobody changes any more', () => {
    const provider = defineProvider({ ...usable })
    expect(provider).toEqual(usable)
    expect(() => Object.assign(provider, { budgetMs: 1 })).toThrow(TypeError)
  })

  it('does without what a provider need not have', () => {
    const { timestamp: _, nonce: __, hints: ___, keepHeaders: ____, ...least } = usable
    expect(defineProvider(least)).toEqual(least)
  })

  const signature = (over: object) => ({ signature: { ...usable.signature, ...over } })

  it.each([
    ['an empty name', { name: '' }],
    ['a name in capitals', { name: 'Acme' }],
    ['a name with a space', { name: 'a b' }],
    ['a name with a slash', { name: 'a/b' }],
    ['a name that is too long', { name: 'a'.repeat(65) }],
    ['an algorithm that is none', signature({ algorithm: 'none' })],
    ['a broken algorithm', signature({ algorithm: 'md5' })],
    ['an encoding that is none', signature({ encoding: 'base64url' })],
    // Headers are looked up in lower case: this one would never be found, and every delivery refused.
    ['a signature header in capitals', signature({ header: 'X-Acme-Signature' })],
    ['a header with a space', signature({ header: 'x acme' })],
    ['an empty header', signature({ header: '' })],
    ['a timestamp header in capitals', { timestamp: { header: 'X-Time', toleranceMs: 1 } }],
    ['a nonce header in capitals', { nonce: { header: 'X-Nonce', strict: false } }],
    ['a hint in capitals', { hints: { attempt: 'X-Attempt' } }],
    ['a kept header in capitals', { keepHeaders: ['X-Kind'] }],
    ['a reply of 202, which UIP takes for an error', { accepted: { ...usable.accepted, status: 202 } }],
    ['polls without a pause', { polling: { minEveryMs: 0 } }],
    ['polls after no number', { polling: { minEveryMs: Number.NaN } }],
    ['a budget of nothing', { budgetMs: 0 }],
    ['a budget of NaN', { budgetMs: Number.NaN }],
    ['a budget longer than a timer', { budgetMs: 2 ** 31 }],
  ])('%s is refused', (_, over) => {
    const error = configurationError(() => defineProvider({ ...usable, ...over } as Provider))
    expect(error.code).toBe('provider-invalid')
  })
})
