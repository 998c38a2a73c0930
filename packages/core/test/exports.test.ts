import { expect, it } from 'vitest'
import * as core from '../src/index.ts'

it('the public names are these and no others', () => {
  expect(Object.keys(core).sort()).toEqual([])
})
