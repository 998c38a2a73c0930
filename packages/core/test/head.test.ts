import { describe, expect, it } from 'vitest'
import { Head } from '../src/head.ts'
import { rejection } from './support/rejection.ts'

const head = new Head(['X-Once', 'a', 'X-Twice', 'b', 'x-twice', 'c', 'X-TWICE', 'd', '__proto__', 'p'])

describe('a header that something is decided by', () => {
  it('is found in lower case, whatever case it was sent in', () => {
    expect(head.once('x-once')).toBe('a')
  })

  it('is refused when it was sent more than once, in whatever case', () => {
    expect(rejection(() => head.once('x-twice'))).toMatchObject({
      code: 'header-repeated',
      detail: 'x-twice',
    })
  })

  it('is not found when it was not sent', () => {
    expect(['x-none', 'constructor', 'toString'].map((name) => head.once(name))).toEqual(
      Array(3).fill(undefined),
    )
    expect(head.once('__proto__')).toBe('p')
  })
})

describe('a header that decides nothing', () => {
  it('is none when it was sent more than once', () => {
    expect([head.hint('x-once'), head.hint('x-twice'), head.hint('x-none'), head.hint(undefined)]).toEqual([
      'a',
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('a list', () => {
  it('is all values in order', () => {
    expect(head.all('x-twice')).toEqual(['b', 'c', 'd'])
    expect(head.all('x-once')).toEqual(['a'])
    expect(head.all('x-none')).toEqual([])
  })
})

describe('a body follows', () => {
  it.each([
    [['Content-Length', '5'], true],
    [['Content-Length', '0'], false],
    [['Transfer-Encoding', 'chunked'], true],
    [[], false],
  ])('after %j: %s', (raw, follows) => {
    expect(new Head(raw).announcesBody()).toBe(follows)
  })
})
