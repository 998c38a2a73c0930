import { expect, test } from 'vitest'
import { checkRetention, keptMs } from '../../src/inbox/retention.ts'

const json = (type: unknown) => JSON.stringify({ type })

test('one number is for every type', () => {
  expect(keptMs(checkRetention('keep', 5), json('a'))).toBe(5)
})

test('a type that is named is kept as long as it says, and every other as long as the rest', () => {
  const keep = checkRetention('keep', { default: 5, types: { a: 0, b: 9 } })
  expect(
    ['a', 'b', 'c', '__proto__', 'constructor', undefined].map((type) => keptMs(keep, json(type))),
  ).toEqual([...[0, 9, 5, 5, 5, 5]])
})

test.each([
  -1,
  Number.NaN,
  1.5,
  '5',
  null,
  {},
  { default: 5 },
  { types: {} },
  { default: -1, types: {} },
  { default: 5, types: { a: -1 } },
  { default: 5, types: { a: undefined } },
  { default: 5, types: null },
  { default: 5, types: {}, type: {} },
])('what would keep something by mistake is refused: %j', (given) => {
  expect(() => checkRetention('keep', given as never)).toThrow(
    expect.objectContaining({ code: 'option-invalid' }),
  )
})
