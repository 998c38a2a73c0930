import { expect, test } from 'vitest'
import { documents, read } from './support/documents.ts'
import { type Fence, fencesOf } from './support/fences.ts'
import { typeCheck } from './support/type-check.ts'

const fences = documents.flatMap(fencesOf)
const code = fences.filter(({ language }) => language === 'ts')

/** What need not compile. Anything else is written as `ts`. */
const OTHER_LANGUAGES = ['sh', 'json', 'http', 'nginx', 'sql', 'text']

test('every fence is checked, or in a language that is not ours', () => {
  expect(code.length).toBeGreaterThan(10)
  for (const { document, line, language } of fences) {
    expect(['ts', ...OTHER_LANGUAGES], `${document}:${line}`).toContain(language)
  }
})

test('the code compiles against the packages', () => {
  const errors = typeCheck(code)
  const report = [...errors].flatMap(([{ document }, lines]) => lines.map((line) => `${document}:${line}`))
  expect(report).toEqual([])
})

test('the code copied from files is the same, byte for byte', () => {
  const copies = code.filter(({ file }) => file !== undefined)
  expect(copies.length).toBeGreaterThan(0)
  for (const { file = '', code } of copies) expect(code, file).toBe(read(file))
})

test('JSON is JSON', () => {
  for (const { language, code } of fences) if (language === 'json') JSON.parse(code)
})

test('an error in a fence, or in what it takes for granted, is found and told with its line', () => {
  const text = [
    '# Title',
    '<!--',
    "import { pressWebhook } from '@kyc-webhooks/express'",
    'declare const port: number',
    '-->',
    '```ts',
    'const text: string = port',
    '',
    "pressWebhook({ secret: 's', onEvent: (event) => event.nothing })",
    '```',
  ].join('\n')
  const [fence] = fencesOf({ path: 'page.md', text })
  const errors = typeCheck([fence as Fence]).get(fence as Fence)
  expect(errors).toEqual([expect.stringMatching(/^7: .*TS2322/), expect.stringMatching(/^9: .*TS2339/)])
})

test.each([
  ['  ```ts\n  ```', 'begins its line'],
  ['~~~ts\n~~~', 'begins its line'],
  ['```\n```', 'names no language'],
  ['```ts\n', 'not closed'],
])('a fence cannot escape: %j', (text, message) => {
  expect(() => fencesOf({ path: 'page.md', text })).toThrow(message)
})
