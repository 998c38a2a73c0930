import { advanceAi, defaultRetryPolicy, press, uip } from '@kyc-webhooks/core'
import { expect, test } from 'vitest'
import { read } from './support/documents.ts'
import { fieldsOf } from './support/interfaces.ts'

const core = 'packages/core/src/'
const SOURCES = {
  'Every receiver': fieldsOf(`${core}receiver-options.ts`, 'ReceiverOptions'),
  '`secret`': fieldsOf(`${core}receiver-options.ts`, 'DatedSecret'),
  '`keepUnverified`': fieldsOf(`${core}receiver-options.ts`, 'KeepUnverified'),
  '`retry`': fieldsOf(`${core}inbox/retry-policy.ts`, 'RetryPolicy'),
  PRESS: fieldsOf(`${core}providers/press.ts`, 'PressOptions'),
  UIP: fieldsOf(`${core}providers/uip.ts`, 'UipOptions'),
  'ADVANCE.AI': fieldsOf(`${core}providers/advance-ai.ts`, 'AdvanceAiOptions'),
  '`sqliteInbox`': fieldsOf('packages/sqlite/src/options.ts', 'SqliteEngineOptions'),
  'Every inbox': fieldsOf(`${core}inbox/inbox-options.ts`, 'InboxOptions'),
  '`encryption`': fieldsOf(`${core}inbox/sealing/encryption-options.ts`, 'EncryptionOptions'),
  '`instrument`': fieldsOf('packages/opentelemetry/src/instrument.ts', 'InstrumentOptions'),
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

test('what is told of the providers is what they are', () => {
  const spelled = ({ budgetMs }: { budgetMs: number }) =>
    budgetMs < 1_000 ? budgetMs : `${budgetMs / 1_000}_000`
  expect(read('docs/options.md')).toContain(
    `${spelled(press())} for PRESS, ${spelled(uip())} for UIP, ${spelled(advanceAi())} for ADVANCE.AI`,
  )
  const days = [press(), uip(), advanceAi()].map(({ rememberMs }) => rememberMs / 86_400_000)
  expect(days).toEqual([7, 90, 90])
})

test('fifteen attempts take about six hours', () => {
  const { attempts, firstDelayMs, factor, maxDelayMs } = defaultRetryPolicy
  const delays = Array.from({ length: attempts - 1 }, (_, n) =>
    Math.min(maxDelayMs, firstDelayMs * factor ** n),
  )
  // A tenth is taken off on average.
  const hours = (0.9 * delays.reduce((sum, delay) => sum + delay)) / 3_600_000
  expect(hours).toBeCloseTo(6, 0)
})
