import { expect, it } from 'vitest'
import { jsonDraft } from '../src/index.ts'

const text = (value: Parameters<typeof jsonDraft>[1]) => jsonDraft('id', value).body.toString()

it('writes what JSON.stringify writes', () => {
  for (const value of [
    {
      a: [1, -0.5, 1e21, true, false, null, 'x'],
      b: {},
      c: [],
      'd"\\\n\u2028': { e: undefined, f: 'مريم 😀' },
    },
    ['\ud800', Number.NaN],
    'text',
    null,
  ]) {
    expect(text(value)).toBe(JSON.stringify(value))
  }
})

it('writes integers of any size as bare digits', () => {
  expect(text({ id: 1998600000000026050n, list: [-(2n ** 64n)] })).toBe(
    '{"id":1998600000000026050,"list":[-18446744073709551616]}',
  )
})
