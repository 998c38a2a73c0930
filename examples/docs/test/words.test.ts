import { expect, test } from 'vitest'
import { documents, read } from './support/documents.ts'

const rows = [...read('GLOSSARY.md').matchAll(/^\| \*\*(.+?)\|.*\|(.*?)\|$/gm)]
const terms = rows.flatMap(([, names = '']) => names.match(/[a-z][a-z-]+/g) ?? [])

/** Glossary words to avoid that also have an everyday meaning, which a test cannot tell apart. */
const EVERYDAY = [
  'answer', // the verb
  'error', // JavaScript's
  'driver', // SQLite's
  'queue', // what we are not
  'source', // CloudEvents' attribute, and code
  'store', // the verb
  'stored',
  'try', // the verb
  'valid', // of a CloudEvent
  'verified', // the promise's verb
  'webhook', // what providers call the whole thing
]

const avoided = rows
  .flatMap(([, , not = '']) => not.split(',').map((word) => word.trim()))
  .filter((word) => word !== '' && !terms.includes(word) && !EVERYDAY.includes(word))

test('the glossary is read', () => {
  expect(terms).toContain('delivery')
  expect(avoided).toEqual(expect.arrayContaining(['vendor', 'notification', 'idempotency key', 'response']))
})

const pages = documents.filter(({ path }) => path === 'README.md' || path.startsWith('docs/'))

test.each(pages)('$path uses the words of the glossary', ({ text }) => {
  const word = new RegExp(`\\b(${avoided.join('|')})(s|es|ed)?\\b`, 'gi')
  expect(prose(text).match(word)).toBeNull()
})

/** Without code, comments, and where links lead. */
function prose(text: string): string {
  return text
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/`[^`]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
}
