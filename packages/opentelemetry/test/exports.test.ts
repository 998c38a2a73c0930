import { expect, it } from 'vitest'
import * as opentelemetry from '../src/index.ts'

it('the public names are these and no others', () => {
  expect(Object.keys(opentelemetry)).toEqual(['instrument'])
})
