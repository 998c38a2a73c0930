import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The repository, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url))

export interface Document {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** What readers read: the pages at the root, those of `docs/`, and the README of each package and example. */
export const documents: readonly Document[] = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'examples/*/README.md',
]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .sort()
  .map((path) => ({ path, text: read(path) }))

/** A file of the repository. */
export function read(path: string): string {
  return readFileSync(root + path, 'utf8')
}
