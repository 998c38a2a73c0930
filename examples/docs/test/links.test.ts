import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { expect, test } from 'vitest'
import { type Document, documents, root } from './support/documents.ts'
import { anchorsOf, withoutFences } from './support/slugs.ts'

interface Link {
  from: string
  /** From the root of the repository. */
  to: string
  anchor: string | undefined
}

function linksOf({ path, text }: Document): Link[] {
  const targets = withoutFences(text).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)
  return [...targets].map(([, target = '', anchor]) => ({
    from: path,
    to: target === '' ? path : normalize(join(dirname(path), target)),
    anchor,
  }))
}

const links = documents.flatMap(linksOf)

test('every link leads to a file, and to a heading of it', () => {
  expect(links.length).toBeGreaterThan(50)
  const dead = links.filter(({ to, anchor }) => {
    if (anchor === undefined) return !existsSync(root + to)
    const page = documents.find(({ path }) => path === to)
    return page === undefined || !anchorsOf(page).has(anchor)
  })
  expect(dead).toEqual([])
})

test('every page of the documentation is reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const { to } of links.filter(({ from }) => from === page)) reached.add(to)
  }
  const pages = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/'))
  expect(pages.filter((path) => !reached.has(path))).toEqual([])
})
