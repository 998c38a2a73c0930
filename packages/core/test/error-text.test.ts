import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorFrames, errorName, printable } from '../src/error-text.ts'

describe('the name of an error', () => {
  const coded = Object.assign(new Error('x'), { code: 'SQLITE_FULL' })

  it.each([
    ['its code', coded, 'SQLITE_FULL'],
    ['its name', new TypeError('x'), 'TypeError'],
    ['its name, when the code is no text', Object.assign(new RangeError('x'), { code: 5 }), 'RangeError'],
    ['the type of what is none: undefined', undefined, 'undefined'],
    ['the type of what is none: text', 'the body was {"name":"John"}', 'string'],
    ['nothing that could quote', Object.assign(new Error('x'), { name: 'no user John Doe' }), 'Error'],
    ['null', null, 'object'],
    ['an object without either', {}, 'Error'],
  ])('is %s', (_, error, name) => {
    expect(errorName(error)).toBe(name)
  })

  it('is never its message', () => {
    expect(errorName(new Error('John Doe'))).toBe('Error')
  })
})

describe('the frames of an error', () => {
  it('are where it was thrown, without its message', () => {
    const frames = errorFrames(new Error('John Doe\n    at John (his house)'))
    expect(frames.length).toBeGreaterThan(0)
    expect(frames.length).toBeLessThanOrEqual(5)
    expect(frames[0]).toMatch(/^at .*error-text\.test\.ts:\d+:\d+\)?$/)
    expect(frames.join('\n')).not.toContain('John')
  })

  it('hold nothing of a message whose lines look like them', () => {
    const frames = errorFrames(new Error('failed\n    at code 123456 (jane@example.org:1:1)'))
    expect(frames.length).toBeGreaterThan(0)
    expect(frames.join('\n')).not.toMatch(/123456|jane/)
  })

  it.each([
    [undefined],
    ['text'],
    [{ stack: '    at x (y:1:1)' }],
    [Object.assign(new Error('x'), { stack: 5 })],
  ])('of %j are none', (error) => {
    expect(errorFrames(error)).toEqual([])
  })
})

describe('text from outside', () => {
  it.each([
    ['plain', 'plain'],
    ['two\r\nlines', 'two\\u000d\\u000alines'],
    ['\x1b[31mred\x1b[0m', '\\u001b[31mred\\u001b[0m'],
    ['é', '\\u00e9'],
    ['\u2028', '\\u2028'],
    ['\x7f\0', '\\u007f\\u0000'],
  ])('%j is logged as %s', (text, logged) => {
    expect(printable(text)).toBe(logged)
  })

  it('is cut', () => {
    expect(printable('x'.repeat(1_000))).toHaveLength(128)
  })

  it('never breaks a line, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})
