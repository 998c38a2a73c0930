import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Key, textKey, unprefixedKey } from '../src/secret-key.ts'
import { configurationError } from './support/configuration-error.ts'

const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')
const text = (key: Uint8Array) => Buffer.from(key).toString()
const thirty = 'thirty-two-characters-of-secret!'
const base64 = Buffer.from(thirty).toString('base64')

describe('the key that is the secret as it stands', () => {
  it('keeps its prefix, as UTF-8', () => {
    expect(text(textKey(`whsec_${thirty}`, 'whsec_'))).toBe(`whsec_${thirty}`)
    expect(hex(textKey('é€😀é€😀é€😀'))).toBe(Buffer.from('é€😀é€😀é€😀').toString('hex'))
  })

  it('is long enough without its prefix', () => {
    expect(configurationError(() => textKey('whsec_fifteen--bytes-', 'whsec_')).code).toBe('secret-too-short')
    expect(text(textKey('whsec_sixteen--bytes--', 'whsec_'))).toBe('whsec_sixteen--bytes--')
  })
})

describe('the key that follows the prefix', () => {
  it('is in UTF-8', () => {
    expect(text(unprefixedKey(`whsec_${thirty}`, 'whsec_'))).toBe(thirty)
  })

  it('is all of a secret without the prefix', () => {
    expect(text(unprefixedKey(thirty, 'whsec_'))).toBe(thirty)
  })
})

describe('the key that is Base64', () => {
  it('is decoded', () => {
    expect(text(base64Key(base64))).toBe(thirty)
    expect(text(base64Key(`whsec_${base64}`, 'whsec_'))).toBe(thirty)
  })

  it.each([
    ['no padding', base64.slice(0, -1)],
    ['too much padding', `${base64}=`],
    ['the URL alphabet', `${base64.slice(0, 4)}-_-_${base64.slice(8)}`],
    ['a space in it', `${base64.slice(0, 8)} ${base64.slice(8)}`],
    ['a line break in it', `${base64.slice(0, 8)}\n${base64.slice(8)}`],
    ['a character that is none of it', `${base64.slice(0, 8)}!${base64.slice(9)}`],
    ['padding in the middle', `${base64.slice(0, 8)}QQ==${base64.slice(8)}`],
    ['a secret that is no Base64 at all', 'not base64, but long enough for a key'],
  ])('with %s is refused: Node would give a shorter key', (_, secret) => {
    expect(configurationError(() => base64Key(secret)).code).toBe('secret-malformed')
  })

  it('is long enough when decoded', () => {
    const short = Buffer.alloc(15, 1).toString('base64')
    expect(configurationError(() => base64Key(short)).code).toBe('secret-too-short')
    expect(base64Key(Buffer.alloc(16, 1).toString('base64'))).toHaveLength(16)
  })

  it('is every key of at least 16 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 80 }), (key) => {
        expect(hex(base64Key(Buffer.from(key).toString('base64')))).toBe(Buffer.from(key).toString('hex'))
      }),
    )
  })

  it('is no text that does not encode its own bytes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 24 }), (secret) => {
        const decoded = Buffer.from(secret, 'base64')
        fc.pre(decoded.toString('base64') !== secret)
        expect(() => base64Key(secret)).toThrow()
      }),
    )
  })
})

describe('a secret that is nothing but its prefix', () => {
  it.each([
    ['textKey', textKey],
    ['unprefixedKey', unprefixedKey],
    ['base64Key', base64Key],
  ] as const)('is refused by %s', (_, keyOf) => {
    expect(configurationError(() => keyOf('whsec_', 'whsec_'))).toMatchObject({
      code: 'secret-malformed',
      message: expect.stringContaining('nothing but the prefix whsec_'),
    })
  })
})

describe('what is refused', () => {
  it('is not quoted', () => {
    for (const keyOf of [textKey, (secret: string) => unprefixedKey(secret, ''), base64Key]) {
      expect(configurationError(() => keyOf('hunter2!')).message).not.toContain('hunter2')
    }
  })
})
