import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson, isDeeperThan } from '../src/json.ts'
import { Unusable } from '../src/provider.ts'
import { anyCharacter } from './characters.ts'
import { mutated, mutation } from './support/mutations.ts'
import { runs } from './support/runs.ts'
import { aaiAml, aaiCompleted, pressEnvelope, uipIdentify } from './vectors/documented.ts'

// Values are compared by Node.js: vitest's equality reads the property `constructor`, which is a key here.
const decode = (text: string) => decodeJson(new TextEncoder().encode(text))

/** What `run` comes to: a value, or `Unusable`; anything else that is thrown fails the test. */
function outcome(run: () => unknown): { value: unknown } | 'unusable' {
  try {
    return { value: run() }
  } catch (error) {
    if (error instanceof Unusable) return 'unusable'
    throw error
  }
}

/** A JSON text with what it means and how deep it is, made together: no parser tells the expected value. */
interface Sample {
  text: string
  value: unknown
  depth: number
}

const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('a', 'b', '0', '1', '__proto__', 'constructor', '1234567890123456'),
)
const digits = fc.stringMatching(/^-?[1-9]\d{15,39}$/)

const { sample } = fc.letrec<{
  sample: Sample
  integer: Sample
  string: Sample
  array: Sample
  object: Sample
}>((tie) => ({
  sample: fc.oneof({ maxDepth: 5 }, tie('integer'), tie('string'), tie('array'), tie('object')),
  integer: digits.map((text) => {
    const isSafe = BigInt(text) === BigInt(Number(text)) && Number.isSafeInteger(Number(text))
    return { text, value: isSafe ? Number(text) : text, depth: 0 }
  }),
  string: fc
    .oneof(fc.string({ unit: anyCharacter }), digits)
    .map((value) => ({ text: JSON.stringify(value), value, depth: 0 })),
  array: fc.tuple(fc.array(tie('sample'), { maxLength: 4 }), space).map(([items, gap]) => ({
    text: `[${gap}${items.map((item) => item.text).join(`${gap},`)}${gap}]`,
    value: items.map((item) => item.value),
    depth: 1 + Math.max(0, ...items.map((item) => item.depth)),
  })),
  object: fc.tuple(fc.array(fc.tuple(key, tie('sample')), { maxLength: 4 }), space).map(([members, gap]) => ({
    text: `{${members.map(([name, item]) => `${gap}${JSON.stringify(name)}${gap}:${item.text}`).join(',')}${gap}}`,
    value: Object.fromEntries(members.map(([name, item]) => [name, item.value])),
    depth: 1 + Math.max(0, ...members.map(([, item]) => item.depth)),
  })),
}))

describe('decodeJson', () => {
  it('agrees with JSON.parse where that is exact', () => {
    const number = fc.oneof(fc.maxSafeInteger(), fc.double({ min: -1, max: 1, noNaN: true }))
    const value = fc.anything({
      key,
      values: [fc.string({ unit: anyCharacter }), number, fc.boolean(), fc.constant(null)],
      maxDepth: 6,
    })
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (original, indent) => {
        const text = JSON.stringify(original, null, indent)
        deepStrictEqual(decode(text), JSON.parse(text))
      }),
      runs(100),
    )
  })

  it('keeps every digit, whatever the nesting, the spacing and the keys', () => {
    fc.assert(
      fc.property(sample, ({ text, value }) => {
        deepStrictEqual(decode(text), value)
      }),
      runs(500),
    )
  })

  it('refuses every truncation', () => {
    fc.assert(
      fc.property(sample, fc.nat(), ({ text }, seed) => {
        const bytes = new TextEncoder().encode(`[${text}]`)
        expect(outcome(() => decodeJson(bytes.subarray(0, seed % bytes.length)))).toBe('unusable')
      }),
      runs(500),
    )
  })

  it('gives a value or refuses, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(() => decodeJson(bytes))),
      runs(100),
    )
  })

  it('accepts what JSON.parse accepts, and nothing else', () => {
    const unit = fc.constantFrom(
      ...'[]{}",:\\/u0123456789eE+-. \nntrufalse'.split(''),
      '1234567890123456',
      '"a":',
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        let native = true
        try {
          JSON.parse(text)
        } catch {
          native = false
        }
        expect(outcome(() => decode(text)) !== 'unusable').toBe(native)
      }),
      runs(5_000),
    )
  })
})

describe('isDeeperThan', () => {
  it('measures depth', () => {
    fc.assert(
      fc.property(sample, ({ text, depth }) => {
        expect(isDeeperThan(text, depth)).toBe(false)
        expect(isDeeperThan(text, depth - 1)).toBe(depth > 0)
      }),
      runs(500),
    )
  })
})

describe('a document of which some bytes were changed', () => {
  const documents = [pressEnvelope, uipIdentify, aaiCompleted]
    .map((body) => JSON.stringify(body))
    .concat(aaiAml)

  it('is refused where JSON.parse refuses it, and means the same where it does not', () => {
    const changes = fc.array(mutation(['body']), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.constantFrom(...documents), changes, (document, mutations) => {
        const { body } = mutated({ headers: {}, body: Buffer.from(document) }, mutations)
        const native = outcome(() => nativeDecode(body))
        const ours = outcome(() => decodeJson(body))
        if (native === 'unusable' || ours === 'unusable') expect(ours).toBe(native)
        else deepStrictEqual(rounded(ours.value, native.value), native.value)
      }),
      runs(1_000),
    )
  })
})

/** What everybody does. */
function nativeDecode(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Unusable('')
  }
}

/** Our value, with the digits that a double cannot hold rounded as everybody else rounds them. */
function rounded(ours: unknown, native: unknown): unknown {
  if (typeof ours === 'string' && typeof native === 'number') return Number(ours)
  if (typeof ours !== 'object' || ours === null || typeof native !== 'object' || native === null) return ours
  if (Array.isArray(ours)) return ours.map((item, at) => rounded(item, (native as unknown[])[at]))
  const others = new Map(Object.entries(native))
  return Object.fromEntries(
    Object.entries(ours).map(([name, value]) => [name, rounded(value, others.get(name))]),
  )
}
