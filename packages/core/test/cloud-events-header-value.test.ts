import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHeaderValue } from '../src/cloud-events/header-value.ts'
import { anyCharacter, arabicCharacter } from './characters.ts'
import { encodeHeaderValue } from './encode-header-value.ts'

describe('decodeHeaderValue', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['with space', 'with space'],
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%d9%81%D8%a7', 'فا'],
    ['%41%62', 'Ab'],
    ['%2525', '%25'],
    ['%EF%BB%BFa', '\ufeffa'],
    ['a+b', 'a+b'],
    ['%2F%3F%23', '/?#'],
    ['"quoted value"', 'quoted value'],
    ['"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
    ['"%22"', '"'],
    ['"\\%41"', 'A'],
    ['""', ''],
    ["it's", "it's"],
    ['a\\b', 'a\\b'],
  ])('%s is %j', (value, text) => {
    expect(decodeHeaderValue(value)).toBe(text)
  })

  it.each([
    ...['%', '%4', '%zz', '%%41', 'a%', '100% sure', '% 41', '%+1', '%u0041'],
    ...[
      '%C0%A0',
      '%C0%AF',
      '%E0%80%AF',
      '%ED%A0%80',
      '%ED%A0%BD%ED%B8%80',
      '%F4%90%80%80',
      '%FF',
      '%80',
      '%C3',
      '%C3x',
      '%E2%82',
    ],
    ...['é', 'فاطمة', '\t', 'a\nb', '\u007f', '\u0000'],
    ...['"', '"a', 'a"', 'a "b" c', '"a"b', '"a""b"', '"a\\"', '"\u0001"'],
  ])('%j is malformed', (value) => {
    expect(decodeHeaderValue(value)).toBeUndefined()
  })

  it('undoes the encoding of a sender', () => {
    const text = fc.string({ unit: fc.oneof(arabicCharacter, anyCharacter) })
    fc.assert(
      fc.property(text, (value) => {
        const encoded = encodeHeaderValue(value)
        expect(encoded).toMatch(/^[!-~]*$/)
        expect(decodeHeaderValue(encoded)).toBe(value)
      }),
    )
  })

  it('needs no more encoding than it must, and takes all of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (value) => {
        const all = [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
        expect(decodeHeaderValue(all)).toBe(value)
      }),
    )
  })

  // Backtracking takes minutes on these and runs into the time limit of the test.
  it.each([`"${'\\"'.repeat(500_000)}`, `${'%41'.repeat(300_000)}%`, `%${'F'.repeat(1_000_000)}`])(
    'looks through long hostile text once (%$)',
    (text) => {
      expect(decodeHeaderValue(text)).toBeUndefined()
    },
  )
})
