import { describe, expect, it } from 'vitest'
import type { Key } from '../src/key.ts'
import type { DatedSecret, SecretSource } from '../src/receiver-options.ts'
import { configurationError } from './support/configuration-error.ts'
import { NEW, OLD, ringOf, secretsOf, source } from './support/ring-of.ts'

describe('a fixed secret', () => {
  it('is one key, several are several, from the first moment on', () => {
    expect(secretsOf(ringOf(OLD).ring.keys() as readonly Key[])).toEqual([OLD])
    expect(secretsOf(ringOf([NEW, OLD]).ring.keys() as readonly Key[])).toEqual([NEW, OLD])
  })

  it('is never newer', async () => {
    const { ring } = ringOf(OLD)
    expect(await ring.newer(await ring.keys())).toBeUndefined()
  })

  it.each([
    ['undefined', undefined, 'secret-missing'],
    ['null', null, 'secret-missing'],
    ['an empty one', '', 'secret-missing'],
    ['an empty list', [], 'secret-missing'],
    ['a number', 1234567890123456, 'secret-missing'],
    ['an object', { key: OLD }, 'secret-missing'],
    ['a list of lists', [[OLD]], 'secret-missing'],
    ['a good one and an empty one', [OLD, ''], 'secret-missing'],
    ['a good one and undefined', [OLD, undefined], 'secret-missing'],
    ['white space', '   ', 'secret-malformed'],
    ['a space before it', ` ${OLD}`, 'secret-malformed'],
    ['a newline behind it', `${OLD}\n`, 'secret-malformed'],
    ['a tab behind it', `${OLD}\t`, 'secret-malformed'],
    ['a byte order mark before it', `\uFEFF${OLD}`, 'secret-malformed'],
    ['a no-break space behind it', `${OLD}\u00a0`, 'secret-malformed'],
    ['a good one and a padded one', [OLD, `${NEW} `], 'secret-malformed'],
    ['a short one', 'hunter2', 'secret-too-short'],
    ['a good one and a short one', [OLD, 'hunter2'], 'secret-too-short'],
  ])('that is %s is refused at once, without a word of it', (_, secret, code) => {
    const error = configurationError(() => ringOf(secret as SecretSource))
    expect(error.code).toBe(code)
    for (const part of [OLD, NEW, 'hunter2', '1234567890123456']) expect(error.message).not.toContain(part)
  })
})

describe('a secret with a name and a life', () => {
  const keyOf = (secret: DatedSecret) => (ringOf(secret).ring.keys() as readonly Key[])[0]

  it('is called by its id, and in force between two times', () => {
    const life = { notBefore: '2026-03-01T00:00:00Z', notAfter: '2026-04-01T02:00:00+02:00' }
    expect(keyOf({ id: '2026-03', secret: OLD, ...life })).toMatchObject({
      id: '2026-03',
      notBefore: Date.UTC(2026, 2, 1),
      notAfter: Date.UTC(2026, 3, 1),
    })
  })

  it('without an id is called by a fingerprint: always the same, of each secret another, and nothing of the secret', () => {
    const id = keyOf({ secret: OLD })?.id
    expect(id).toMatch(/^key-[0-9a-f]{8}$/)
    expect((ringOf([NEW, OLD]).ring.keys() as readonly Key[])[1]?.id).toBe(id)
    expect(keyOf({ secret: NEW })?.id).not.toBe(id)
  })

  const broken: [string, object | object[], string][] = [
    ['no secret', { id: 'a', secret: undefined }, 'secret-missing'],
    ['a list in it', { id: 'a', secret: [OLD] }, 'secret-missing'],
    ['a misspelt end', { secret: OLD, notafter: '2026-04-01T00:00:00Z' }, 'option-invalid'],
    ['an end without an offset', { secret: OLD, notAfter: '2026-04-01T00:00:00' }, 'option-invalid'],
    ['an end that is a day', { secret: OLD, notAfter: '2026-04-01' }, 'option-invalid'],
    ['an end that is no text', { secret: OLD, notAfter: 1_775_000_000_000 }, 'option-invalid'],
    ['an end that is null', { secret: OLD, notAfter: null }, 'option-invalid'],
    ['an end in a leap second', { secret: OLD, notAfter: '2016-12-31T23:59:60Z' }, 'option-invalid'],
    [
      'an end before its beginning',
      { secret: OLD, notBefore: '2026-04-01T00:00:00Z', notAfter: '2026-03-01T00:00:00Z' },
      'option-invalid',
    ],
    ['itself for a name', { id: OLD, secret: OLD }, 'option-invalid'],
    ['a name that is none', { id: 'a b', secret: OLD }, 'option-invalid'],
    ['a name that is a number', { id: 7, secret: OLD }, 'option-invalid'],
    [
      'the name of another',
      [
        { id: 'a', secret: OLD },
        { id: 'a', secret: NEW },
      ],
      'option-invalid',
    ],
  ]

  it.each(broken)('and %s is refused at once, without a word of it', (_, secret, code) => {
    const error = configurationError(() => ringOf(secret as SecretSource))
    expect(error.code).toBe(code)
    for (const part of [OLD, NEW]) expect(error.message).not.toContain(part)
  })

  it('may be there twice, with two lives', () => {
    const twice = [{ secret: OLD }, { secret: OLD, notAfter: '2026-04-01T00:00:00Z' }]
    expect(ringOf(twice).ring.keys()).toHaveLength(2)
  })

  it('comes from a function too, and one that has got another life is another', async () => {
    const ask = source({ id: 'a', secret: OLD, notAfter: '2026-04-01T00:00:00Z' })
    const { ring } = ringOf(ask)
    const keys = await ring.keys()
    expect(await ring.newer(keys)).toBeUndefined()
    ask.state.holds = { id: 'a', secret: OLD, notAfter: '2026-05-01T00:00:00Z' }
    expect(await ring.newer(keys)).toMatchObject([{ id: 'a', notAfter: Date.UTC(2026, 4, 1) }])
  })
})
