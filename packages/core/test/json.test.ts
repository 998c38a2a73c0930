import { describe, expect, it, vi } from 'vitest'
import { decodeJson, isDeeperThan, mayLosePrecision } from '../src/json.ts'
import { refusal } from './refusal.ts'
import { accepted, notUtf8, refused } from './vectors/json-texts.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const decode = (text: string, maxDepth?: number) => decodeJson(bytesOf(text), { maxDepth })

describe('text', () => {
  it.each(accepted)('%s is read', (text, value) => {
    expect(decode(text)).toStrictEqual(value)
  })

  it.each(refused)('%j is refused', (text) => {
    expect(refusal(() => decode(text)).code).toBe('body-not-json')
  })

  it('is refused without a word of it', () => {
    const secret = 'ya-sirr'
    for (const body of [
      bytesOf(`{"name":"${secret}"`),
      bytesOf(secret),
      Buffer.from(`"${secret}\xff"`, 'latin1'),
    ]) {
      const error = refusal(() => decodeJson(body))
      expect(Object.keys(error).sort()).toEqual(['code', 'reason'])
      expect(error.reason).not.toContain(secret)
    }
  })
})

describe('encoding', () => {
  it.each(notUtf8)('%s is refused', (_, bytes) => {
    const body = Uint8Array.from([0x22, ...bytes, 0x22])
    expect(refusal(() => decodeJson(body)).code).toBe('body-not-json')
  })

  it('does not remember a refused body', () => {
    refusal(() => decodeJson(Uint8Array.of(0x22, 0xe2, 0x82)))
    expect(decode('"€"')).toBe('€')
  })

  it('skips one byte order mark, also when numbers are read from their source', () => {
    expect(decode('\uFEFF{"a":1}')).toEqual({ a: 1 })
    expect(decode('\uFEFF[12345678901234567890]')).toEqual(['12345678901234567890'])
  })

  it.each(['utf16le', 'utf16be'])('refuses %s, with and without a byte order mark', (encoding) => {
    for (const text of ['{"a":1}', '1', '\uFEFF{"a":1}']) {
      const body = Buffer.from(text, 'utf16le')
      if (encoding === 'utf16be') body.swap16()
      expect(refusal(() => decodeJson(body)).code).toBe('body-not-json')
    }
  })

  it('reads a view into a larger buffer', () => {
    expect(decodeJson(bytesOf('xx[1]xx').subarray(2, 5))).toEqual([1])
  })
})

describe('numbers', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740992', '-9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['1998600000000026050', '1998600000000026050'],
    ['1998600000000026051', '1998600000000026051'],
    ['100000000000000000000', '100000000000000000000'],
    ['1e400', '1e400'],
    ['-1e400', '-1e400'],
    ['1E+400', '1E+400'],
    ['1.5e00309', '1.5e00309'],
    [`${'9'.repeat(308)}e9`, `${'9'.repeat(308)}e9`],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`],
    [`1${'0'.repeat(400)}.5`, `1${'0'.repeat(400)}.5`],
    ['1e308', 1e308],
    ['1e20', 1e20],
    ['0.12345678901234567890', 0.12345678901234568],
    ['1234567890123456.75', 1234567890123456.8],
    [`0.${'0'.repeat(400)}1`, 0],
    ['"12345678901234567890"', '12345678901234567890'],
  ])('%s', (text, value) => {
    expect(decode(text)).toBe(value)
    expect(decode(`{"a":[${text}]}`)).toEqual({ a: [value] })
  })

  it('takes the source of the last of repeated keys', () => {
    expect(decode('{"a":11111111111111111111,"a":22222222222222222222}')).toEqual({
      a: '22222222222222222222',
    })
    expect(decode('{"a":[11111111111111111111,1],"a":[2]}')).toEqual({ a: [2] })
    expect(decode('{"1":11111111111111111111,"0":2,"1":33333333333333333333}')).toEqual({
      0: 2,
      1: '33333333333333333333',
    })
  })

  it('goes by the source only when it may matter', () => {
    for (const text of ['123456789012345', '1e99', '1e-400', '"0e123f"', '{"id":"5e3000","n":1.25}']) {
      expect(mayLosePrecision(text)).toBe(false)
    }
    for (const text of ['1234567890123456', '1e400', '[1e400]', '[1e400 ]', '{"a":1E+0400}', '1e400\n']) {
      expect(mayLosePrecision(text)).toBe(true)
    }
  })
})

describe('keys', () => {
  it.each([
    '{"__proto__":{"polluted":true},"n":1}',
    '{"__proto__":{"polluted":true},"n":12345678901234567890}',
  ])('__proto__ of %s is an own property', (text) => {
    const value = decode(text) as object
    expect(Object.keys(value)).toEqual(['__proto__', 'n'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect('polluted' in value).toBe(false)
  })

  it('constructor and the like pollute nothing', () => {
    decode('{"constructor":{"prototype":{"polluted":12345678901234567890}},"toString":null}')
    expect('polluted' in {}).toBe(false)
  })
})

describe('depth', () => {
  const nested = (levels: number, inner = '') => '['.repeat(levels) + inner + ']'.repeat(levels)

  it('is 64 unless another is asked for', () => {
    expect(() => decode(nested(64))).not.toThrow()
    expect(refusal(() => decode(nested(65))).code).toBe('body-too-deep')
    expect(decode('[]', 1)).toEqual([])
    expect(decode('1', 0)).toBe(1)
    expect(refusal(() => decode('[]', 0)).code).toBe('body-too-deep')
    expect(refusal(() => decode('[{"a":[]}]', 2)).code).toBe('body-too-deep')
  })

  it('counts neither neighbours nor brackets in strings', () => {
    expect(() => decode(`[${nested(63)},${nested(63)}]`)).not.toThrow()
    expect(() => decode(JSON.stringify('[{'.repeat(1000)))).not.toThrow()
    expect(() => decode(JSON.stringify({ [`"${'['.repeat(100)}\\`]: `\\"${'{'.repeat(100)}` }))).not.toThrow()
    expect(isDeeperThan('["\\\\",[["]"]]]', 2)).toBe(true)
  })

  it('is looked at before anything recurses', () => {
    expect(refusal(() => decode('['.repeat(100_000))).code).toBe('body-too-deep')
    expect(refusal(() => decode(nested(100_000, '12345678901234567890'))).code).toBe('body-too-deep')
    expect(refusal(() => decode('{"a":'.repeat(50_000))).code).toBe('body-too-deep')
    expect(refusal(() => decode(`${']'.repeat(1000)}${'['.repeat(1000)}`)).code).toBe('body-not-json')
  })
})

// Anything quadratic takes minutes on these and runs into the time limit of the test.
describe('size', () => {
  const digits = '7'.repeat(1_000_000)

  it('a number of a million digits', () => {
    expect(decode(digits)).toBe(digits)
    expect(decode(`[1,${digits}e1]`)).toEqual([1, `${digits}e1`])
    expect(decode(`0.${digits}`)).toBeCloseTo(7 / 9)
    expect(decode(`1e-${digits}`)).toBe(0)
  })

  it('a megabyte of digits in strings', () => {
    expect(decode(`["${digits}","1e${digits}"]`)).toEqual([digits, `1e${digits}`])
    expect(decode(`"${'1e123456789012345x'.repeat(60_000)}"`)).toHaveLength(18 * 60_000)
  })

  it('200 000 keys', { timeout: 30_000 }, () => {
    const keys = Array.from({ length: 200_000 }, (_, i) => `"k${i}":12345678901234567890`)
    const value = decode(`{${keys.join(',')}}`) as Record<string, string>
    expect(Object.keys(value)).toHaveLength(200_000)
    expect(value.k199999).toBe('12345678901234567890')
  })
})

describe('a runtime whose reviver gets no source', () => {
  it('is told so, and only when digits would be lost', async () => {
    const parse = JSON.parse
    type Reviver = (this: unknown, key: string, value: unknown) => unknown
    vi.resetModules()
    vi.spyOn(JSON, 'parse').mockImplementation((text: string, reviver?: Reviver) =>
      parse(text, reviver && ((key, value) => reviver.call(undefined, key, value))),
    )
    const old = await import('../src/json.ts').finally(() => vi.restoreAllMocks())
    expect(old.decodeJson(bytesOf('{"a":1}'))).toEqual({ a: 1 })
    expect(() => old.decodeJson(bytesOf('{"a":12345678901234567890}'))).toThrow(
      expect.objectContaining({ name: 'KycWebhookError', code: 'node-too-old' }),
    )
  })
})
