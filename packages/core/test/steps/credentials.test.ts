import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import { aaiHead, base64, hex, pressHead, readAai, readPress } from '../support/read-credentials.ts'
import { rejection } from '../support/rejection.ts'

const fromHex = new Uint8Array(Buffer.from(hex, 'hex'))
const fromBase64 = new Uint8Array(Buffer.from(base64, 'base64'))
const bytes = (signatures: readonly Uint8Array[]) => signatures.map((one) => new Uint8Array(one))

describe('a signature in hex', () => {
  it.each([hex, `sha256=${hex}`, hex.toUpperCase()])('%s is read', (text) => {
    expect(bytes(readPress(text).signatures)).toEqual([fromHex])
  })

  it.each([
    ['63 digits', hex.slice(1)],
    ['65 digits', `${hex}0`],
    ['66 digits', `${hex}00`],
    ['its first digit', hex.slice(0, 1)],
    ['all but its last two digits', hex.slice(0, -2)],
    ['64 characters that are no digits', 'z'.repeat(64)],
    ['valid hex and garbage behind it', `${hex}zz`],
    ['garbage in the middle', `${hex.slice(0, 32)}zz${hex.slice(34)}`],
    ['64 characters of which one has two bytes in UTF-8', `${hex.slice(0, 63)}\xe9`],
    ['only the prefix', 'sha256='],
    ['another prefix', `sha512=${hex}`],
    ['the prefix in capitals', `SHA256=${hex}`],
    ['the prefix twice', `sha256=sha256=${hex}`],
    ['a list', `${hex},${hex}`],
    ['a list of versions', `v1=${hex}`],
    ['the Base64 of the same bytes', fromHexToBase64()],
    ['8 KB', '0'.repeat(8_192)],
    ['spaces around it', ` ${hex} `],
    ['0x before it', `0x${hex.slice(2)}`],
  ])('%s is malformed, and nothing throws but the refusal', (_, text) => {
    expect(rejection(() => readPress(text)).code).toBe('signature-malformed')
  })

  it('is not taken for one with a prefix by a provider that has none', () => {
    const head = new Head(['X-UIP-Signature', `sha256=${hex}`])
    expect(rejection(() => readCredentials(uip(), head)).code).toBe('signature-malformed')
  })
})

describe('a signature in Base64', () => {
  it('is read', () => {
    expect(bytes(readAai(base64).signatures)).toEqual([fromBase64])
  })

  it.each([
    ['no padding', base64.slice(0, -1)],
    ['too much padding', `${base64}=`],
    ['the URL alphabet', base64.replace('+', '-').replace('/', '_')],
    ['a space in it', `${base64.slice(0, 10)} ${base64.slice(10)}`],
    ['garbage behind it', `${base64}AA`],
    ['hex', hex],
    ['the digest of another length', 'vHy7uW2B1cOdeg=='],
    ['a digest of SHA-512', Buffer.alloc(64, 7).toString('base64')],
    ['bits that the padding says are none', `${base64.slice(0, -2)}F=`],
  ])('%s is malformed', (_, text) => {
    expect(rejection(() => readAai(text)).code).toBe('signature-malformed')
  })

  it('is as long as the configured algorithm has it, whatever arrived', () => {
    const sha512 = advanceAi({ algorithm: 'sha512' })
    expect(rejection(() => readCredentials(sha512, aaiHead(base64))).code).toBe('signature-malformed')
    const long = Buffer.alloc(64, 7)
    expect(bytes(readCredentials(sha512, aaiHead(long.toString('base64'))).signatures)).toEqual([
      new Uint8Array(long),
    ])
  })
})

describe('a signature that is not there', () => {
  it.each([
    ['no header', []],
    ['an empty header', ['X-Webhook-Signature', '']],
  ])('%s: missing', (_, raw) => {
    const head = new Head(['X-Webhook-Timestamp', '1774874700', ...raw])
    expect(rejection(() => readCredentials(press(), head)).code).toBe('signature-missing')
  })

  it('says what the likely cause is at ADVANCE.AI: callbackUrl', () => {
    const refused = rejection(() => readCredentials(advanceAi(), new Head([])))
    expect(refused).toMatchObject({
      code: 'signature-missing',
      detail: expect.stringContaining('callbackUrl'),
    })
  })
})

describe('several signatures in one header', () => {
  const listed = {
    ...press(),
    signature: { ...press().signature, candidates: (value: string) => value.split(' ') },
  }

  it.each([
    ['both of the right form', `${hex} ${'0'.repeat(64)}`, 2],
    ['one malformed before', `zz ${hex}`, 1],
    ['one malformed after', `${hex} zz`, 1],
    ['spaces around', `  ${hex} `, 1],
  ])('%s: those of the right form are kept', (_, value, count) => {
    expect(readCredentials(listed, pressHead(value)).signatures).toHaveLength(count)
  })

  it('none of the right form is malformed', () => {
    expect(rejection(() => readCredentials(listed, pressHead('a b c'))).code).toBe('signature-malformed')
  })

  it('wherever a list is cut, exactly the signatures in it are found', () => {
    const signature = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const list = fc.array(fc.record({ signature, junk: fc.stringMatching(/^[!-~]{0,12}$/) }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(list, (entries) => {
        const value = entries
          .flatMap((entry) => [entry.junk, Buffer.from(entry.signature).toString('hex')])
          .join(' ')
        const found = readCredentials(listed, pressHead(value)).signatures
        expect(bytes(found)).toEqual(entries.map((entry) => entry.signature))
      }),
    )
  })
})

function fromHexToBase64(): string {
  return Buffer.from(hex, 'hex').toString('base64')
}
