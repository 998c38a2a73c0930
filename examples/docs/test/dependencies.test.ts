import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { read, root } from './support/documents.ts'

const published = globSync('packages/*/package.json', { cwd: root })
  .map((path) => JSON.parse(read(path)) as Record<string, never>)
  .filter((manifest) => !manifest.private)

test('every runtime dependency has its reason, and no other has', () => {
  const rows = read('docs/decisions/0005-dependencies.md').matchAll(/^\| `(.+?)` \| `?(.+?)`? \| \S.* \|$/gm)
  const documented = [...rows].map(([, name, on]) => `${name} on ${on}`)
  const actual = published.flatMap(({ name, dependencies = {}, optionalDependencies = {} }) => {
    const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
    return (names.length === 0 ? ['nothing'] : names).map((on) => `${name} on ${on}`)
  })
  expect(documented.sort()).toEqual(actual.sort())
})
