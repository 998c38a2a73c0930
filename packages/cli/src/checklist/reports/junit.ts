import type { Finding, Report } from '../report.ts'
import { headline, PROVIDER_NAMES } from '../report.ts'
import { escaped } from './markup.ts'
import { cameBack } from './text.ts'

/** For CI: each point is a test case; what was not shown is skipped, and a warning is output of a case that passes. */
export function junitReport(report: Report): string {
  const { provider, url, at, version, counts, points, durationMs } = report
  const totals = { tests: points.length, failures: counts.fail, errors: 0 }
  const skipped = counts['not-shown']
  const time = seconds(durationMs)
  const suite = {
    name: `${PROVIDER_NAMES[provider]} checklist`,
    ...totals,
    skipped,
    time,
    timestamp: at.slice(0, 19),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'kyc-webhooks checklist', ...totals, time })}>`,
    `  <testsuite${attributes(suite)}>`,
    '    <properties>',
    ...Object.entries({ provider, url, version }).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...points.flatMap((finding) => testCase(provider, finding).map((line) => `    ${line}`)),
    `    <system-out>${escaped(headline(report))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(provider: string, finding: Finding): string[] {
  const { id, title, status, reason, durationMs } = finding
  const attrs = attributes({
    ...{ classname: `checklist.${provider}`, name: `${id}: ${title}`, time: seconds(durationMs) },
  })
  const inside = {
    pass: [],
    warn: [`<system-out>${escaped(`warning: ${details(finding)}`)}</system-out>`],
    fail: [`<failure${attributes({ message: reason, type: id })}>${escaped(details(finding))}</failure>`],
    'not-shown': [`<skipped${attributes({ message: reason })}/>`],
  }[status]
  if (inside.length === 0) return [`<testcase${attrs}/>`]
  return [`<testcase${attrs}>`, ...inside.map((line) => `  ${line}`), '</testcase>']
}

function details({ reason, why, mend, page, exchanges }: Finding): string {
  const sent = exchanges.map((exchange) => `${exchange.method}: ${exchange.sent}: ${cameBack(exchange)}`)
  const asked = page.says === undefined ? page.name : `${page.name}: "${page.says}"`
  return [reason, `Asked: ${asked}`, `Why: ${why}`, `Mend: ${mend}`, ...sent].join('\n')
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('')

const seconds = (ms: number): string => (ms / 1_000).toFixed(3)
