import { globSync } from 'node:fs'
import { ERRORS } from '@kyc-webhooks/core'
import { expect, test } from 'vitest'
import { read, root } from './support/documents.ts'

const [, ...sections] = read('docs/errors.md').split(/^### /m)

const documented = sections.map((section) => {
  const [heading = '', , first = ''] = section.split('\n')
  return {
    code: heading.replaceAll('`', ''),
    status: /^\*\*(\d{3}|Thrown)\.\*\* \S/.exec(first)?.[1],
    section,
  }
})

test('the page has every code, once, in the order of the table', () => {
  expect(documented.map(({ code }) => code)).toEqual(Object.keys(ERRORS))
})

test.each(Object.entries(ERRORS))('%s: status, cause and remedy are told', (code, error) => {
  const entry = documented.find((entry) => entry.code === code)
  expect(entry?.status).toBe('status' in error ? String(error.status) : 'Thrown')
  expect(entry?.section).toMatch(/^- Likely cause: \S/m)
  expect(entry?.section).toMatch(/^- What to do: \S/m)
})

test('every code of the table is used', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (path) => !path.endsWith('/errors.ts'),
  )
  const text = sources.map(read).join('')
  expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([])
})
