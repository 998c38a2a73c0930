import { existsSync, globSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { describe, expect, test } from 'vitest'
import { type Document, read, root } from './support/documents.ts'

const pages = ['docs/reliability.md', 'docs/threat-model.md'].map((path) => ({ path, text: read(path) }))

/** What holds tests: a file of them, a folder of such files, or cases that a suite is made of. */
const TESTS = /\.test\.ts$|\/(adapter|inbox)-cases-[a-z-]+\.ts$|\/test\/pitfalls\/[a-z-]+\.ts$/

/** The files of code that a page names, as links or in its text, from the root of the repository. */
function namedBy({ path, text }: Document): string[] {
  const links = [...text.matchAll(/\]\(((?:\.\.\/)+(?:packages|examples)\/[^)#\s]+)/g)]
  const rest = text.replaceAll(/\]\([^)]*\)/g, '').matchAll(/(?:packages|examples|test)\/[\w./-]+\.ts\b/g)
  return [
    ...links.map(([, target = '']) => normalize(join(dirname(path), target))),
    ...[...rest].map(([target]) => target),
  ]
}

/** Those that hold no tests, or are not there. */
const wrong = (page: Document): string[] => namedBy(page).filter((path) => !holdsTests(path))

function holdsTests(path: string): boolean {
  // Commands on a page are run inside a package.
  if (path.startsWith('test/')) return globSync(`packages/*/${path}`, { cwd: root }).length > 0
  if (!existsSync(root + path)) return false
  if (statSync(root + path).isDirectory()) return globSync('**/*.test.ts', { cwd: root + path }).length > 0
  return TESTS.test(path)
}

describe.each(pages)('$path', (page) => {
  test('names tests that are there', () => {
    expect(namedBy(page).length).toBeGreaterThan(20)
    expect(wrong(page)).toEqual([])
  })
})

test.each([
  '[x](../packages/core/test/reliability/nothing.test.ts)',
  '[x](../packages/core/src/receiver.ts)',
  '[x](../packages/core/src)',
  'see packages/core/test/nothing.test.ts',
  '`npx vitest run test/nothing.test.ts`',
])('a wrong path is found: %s', (text) => {
  expect(wrong({ path: 'docs/page.md', text })).toHaveLength(1)
})

test('each of the 150 cases and of the properties has its row', () => {
  const [{ text }] = pages as [Document]
  const cases = [...text.matchAll(/^\| ([\d–, ]+) \|/gm)]
    .flatMap(([, numbers = '']) => numbers.split(', '))
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('–').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
  expect(cases.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
  expect([...text.matchAll(/^\| (P\d) \|/gm)].map(([, name]) => name)).toEqual(
    Array.from({ length: 7 }, (_, index) => `P${index + 1}`),
  )
})
