import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SecretSource } from '../src/receiver-options.ts'
import { configurationError } from './support/configuration-error.ts'
import { NEW, OLD, ringOf, secretsOf } from './support/ring-of.ts'

describe('a fixed secret', () => {
  it('is one key, several are several, from the first moment on', () => {
    expect(secretsOf(ringOf(OLD).ring.keys() as KeyObject[])).toEqual([OLD])
    expect(secretsOf(ringOf([NEW, OLD]).ring.keys() as KeyObject[])).toEqual([NEW, OLD])
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
    ['an object', { secret: OLD }, 'secret-missing'],
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
