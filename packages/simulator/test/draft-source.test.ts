import { expect, it } from 'vitest'
import { draftSource } from '../src/draft-source.ts'
import { jsonDraft } from '../src/index.ts'
import type { Fields } from '../src/json.ts'
import { seededRandom } from '../src/seeded-random.ts'

const recipe = (name: string) => (fields: Fields) => jsonDraft(name, fields)
const recipes = { a: { x: recipe('ax'), y: recipe('ay') }, b: { x: recipe('bx') }, c: { z: recipe('cz') } }

it('samples all types and variants, or all variants of one type', () => {
  const source = draftSource(recipes, seededRandom(1))
  const sampled = (eventType?: string) =>
    [...new Set(Array.from({ length: 100 }, () => source.sample(eventType).id))].sort()
  expect(sampled()).toEqual(['ax', 'ay', 'bx', 'cz'])
  expect(sampled('a')).toEqual(['ax', 'ay'])
})

it('makes one of each, in order', () => {
  expect(
    draftSource(recipes, seededRandom(1))
      .each()
      .map(({ id }) => id),
  ).toEqual(['ax', 'ay', 'bx', 'cz'])
})
