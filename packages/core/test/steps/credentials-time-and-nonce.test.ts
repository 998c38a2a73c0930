import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Head } from '../../src/head.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { readCredentials } from '../../src/steps/credentials.ts'
import { base64, hex, readAai, readPress } from '../support/read-credentials.ts'
import { rejection } from '../support/rejection.ts'

describe('a timestamp', () => {
  it.each([
    ['1774874700', 1774874700],
    ['0', 0],
    ['99999999999', 99999999999],
    // What is signed is the text as it came; a zero before it changes nothing.
    ['01774874700', 1774874700],
  ])('%s is read', (text, seconds) => {
    expect(readPress(hex, text).timestamp).toBe(seconds)
  })

  it.each([
    'NaN',
    'Infinity',
    'abc',
    'null',
    '[]',
    '0x69ca71cc',
    '1e400',
    '1e9',
    '-1774874700',
    '+1774874700',
    '1774874700.0',
    '1774874700.5',
    '1774874700abc',
    'abc1774874700',
    '1774874700 1774874700',
    '1774874700,1774874700',
    '1774874700, 1774874700',
    ' 1774874700',
    '1774874700 ',
    '1774874700\n',
    '1,774,874,700',
    '1774874700000',
    '177487470000',
    '0001774874700',
    '1'.repeat(40),
    '1'.repeat(8_000),
    '2026-03-30T12:45:00Z',
    // Superscript digits, and Arabic ones, which `\d` of other languages takes.
    '\xb9\xb2\xb3',
    '١٧٧٤٨٧٤٧٠٠',
  ])('%j is malformed', (text) => {
    expect(rejection(() => readPress(hex, text)).code).toBe('timestamp-malformed')
  })

  it.each([[[]], [['X-Webhook-Timestamp', '']]])('%j is missing', (raw) => {
    const head = new Head(['X-Webhook-Signature', hex, ...raw])
    expect(rejection(() => readCredentials(press(), head)).code).toBe('timestamp-missing')
  })

  it('is not asked of a provider that sends none', () => {
    expect(readCredentials(uip(), new Head(['x-uip-signature', hex])).timestamp).toBeUndefined()
  })

  it('of any other form than digits is refused', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => text !== '' && !/^[0-9]{1,11}$/.test(text)),
        (text) => {
          expect(rejection(() => readPress(hex, text)).code).toBe('timestamp-malformed')
        },
      ),
    )
  })
})

describe('a nonce', () => {
  it.each(['a', '0', '__proto__', "it's", '"quoted"', '<xml/>', 'x'.repeat(512)])('%j is read', (nonce) => {
    expect(readAai(base64, nonce).nonce).toBe(nonce)
  })

  it.each(['x'.repeat(513), 'x'.repeat(4_096), 'a b', 'a\tb', 'caf\xe9', 'a\x00b'])(
    '%j is malformed',
    (nonce) => {
      expect(rejection(() => readAai(base64, nonce)).code).toBe('nonce-malformed')
    },
  )

  it.each([[[]], [['aai-nonce', '']]])('%j is missing', (raw) => {
    const head = new Head(['aai-signature', base64, 'aai-timestamp', '1774874700', ...raw])
    expect(rejection(() => readCredentials(advanceAi(), head)).code).toBe('nonce-missing')
  })
})

describe('a header that comes twice', () => {
  const once = {
    'aai-signature': base64,
    'aai-timestamp': '1774874700',
    'aai-nonce': 'n-1',
  }

  it.each(Object.keys(once))('%s: refused, also when both are the same or written differently', (name) => {
    for (const again of [once[name as keyof typeof once], 'another']) {
      const raw = [...Object.entries(once).flat(), name.toUpperCase(), again]
      expect(rejection(() => readCredentials(advanceAi(), new Head(raw)))).toMatchObject({
        code: 'header-repeated',
        detail: name,
      })
    }
  })
})
