import { expect, test } from 'vitest'
import { read } from './support/documents.ts'
import { fieldsOf } from './support/interfaces.ts'

const core = 'packages/core/src/'
const SOURCES = {
  'Every receiver': fieldsOf(`${core}receiver-options.ts`, 'ReceiverOptions'),
  '`retry`': fieldsOf(`${core}inbox/retry-policy.ts`, 'RetryPolicy'),
  PRESS: fieldsOf(`${core}providers/press.ts`, 'PressOptions'),
  UIP: fieldsOf(`${core}providers/uip.ts`, 'UipOptions'),
  'ADVANCE.AI': fieldsOf(`${core}providers/advance-ai.ts`, 'AdvanceAiOptions'),
  '`sqliteInbox`': fieldsOf('packages/sqlite/src/options.ts', 'SqliteEngineOptions'),
  'Every inbox': fieldsOf(`${core}inbox/create-inbox.ts`, 'InboxOptions'),
  '`latestOnly`': fieldsOf(`${core}latest-only.ts`, 'LatestOnlyOptions'),
}

const [, ...sections] = read('docs/options.md').split(/^## /m)
const documented = new Map(
  sections.map((section) => {
    const rows = section.matchAll(/^\| `(\w+)` \| (.*?) \| \S.* \|$/gm)
    return [section.split('\n', 1)[0], new Map([...rows].map(([, option, byDefault]) => [option, byDefault]))]
  }),
)

test('the page has a table for each interface of options, and no other', () => {
  expect([...documented.keys()]).toEqual(Object.keys(SOURCES))
})

test.each(Object.entries(SOURCES))(
  '%s: each option is there, with the default that the source tells',
  (heading, fields) => {
    expect(fields.size).toBeGreaterThan(0)
    const withDashes = [...fields].map(([option, byDefault = '—']) => [option, byDefault])
    expect([...(documented.get(heading) ?? [])]).toEqual(withDashes)
  },
)
