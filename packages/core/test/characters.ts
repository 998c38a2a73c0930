import fc from 'fast-check'

/** Any character of Unicode: fast-check's unit `binary` is the same, but takes most of a second to set up. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof({ weight: 1, arbitrary: fc.nat(0x7f) }, { weight: 1, arbitrary: fc.nat(0x10ffff) })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))

export const arabicCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0x600, max: 0x6ff })
  .map((code) => String.fromCodePoint(code))
