import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripVTControlCharacters } from 'node:util'
import { installed } from '@kyc-webhooks/example-harness'
import { expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/checklist/exchange.ts'
import type { Status } from '../../src/checklist/point.ts'
import type { Finding, Report } from '../../src/checklist/report.ts'
import { htmlReport } from '../../src/checklist/reports/html.ts'
import { junitReport } from '../../src/checklist/reports/junit.ts'
import { textReport } from '../../src/checklist/reports/text.ts'
import { secrets } from '../support/secrets.ts'
import { handWritten } from './support/hand-written.ts'
import { runAll } from './support/run.ts'

const HOSTILE = `</td></details><script>alert("1")</script><img src=x onerror='alert(2)'>&lt;]]>{{7*7}}\u001b[31m\u0000`

const python = installed('python3', '--version')

/** A report in which every text that may come from outside is this one. */
function reportOf(text: string): Report {
  const exchange: Exchange = {
    ...{ sent: text, method: 'POST', headerNames: [text], bodyBytes: 7, wanted: text, asWanted: false },
    ...{ status: 401, reply: text, durationMs: 3.4 },
  }
  const finding = (status: Status, at: number): Finding => ({
    ...{
      id: `point-${at}`,
      group: 'signature',
      title: 'A title',
      status,
      reason: text,
      why: 'Why',
      mend: 'A `mend`',
    },
    ...{ page: { name: 'A page', says: 'its words' }, durationMs: 12, exchanges: [exchange] },
  })
  return {
    ...{
      provider: 'press',
      url: `http://localhost/${text}`,
      at: '2026-03-30T12:45:00.000Z',
      version: '1.2.3',
    },
    ...{ durationMs: 1_234, verdict: 'fail', counts: { pass: 1, warn: 1, fail: 1, 'not-shown': 1 } },
    points: (['pass', 'warn', 'fail', 'not-shown'] as const).map(finding),
  }
}

const tagsOf = (markup: string) => markup.match(/<[^>]*>/g)

test('HTML: what comes from outside adds not one tag or attribute', () => {
  const html = htmlReport(reportOf(HOSTILE))
  expect(tagsOf(html)).toEqual(tagsOf(htmlReport(reportOf('harmless'))))
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)')
})

test('HTML: nothing is loaded, nothing runs, and what fails is open', () => {
  const html = htmlReport(reportOf('harmless'))
  expect(html).not.toMatch(/<(script|link|img|iframe)|https?:\/\/(?!localhost)|url\(|@import/)
  expect(html).toContain(`default-src 'none'`)
  expect(html).toContain(
    '<div class="verdict fail"><p>1 of 4 points fails (1 with a warning, 1 not shown)</p>',
  )
  expect(html).toMatch(/<details class="fail" id="point-2" open>/)
  expect(html).toMatch(/<details class="pass" id="point-0">/)
  for (const fact of [
    '2026-03-30 12:45 UTC',
    'PRESS',
    'kyc-webhooks 1.2.3',
    'A <code>mend</code>',
    '<q>its words</q>',
  ])
    expect(html).toContain(fact)
})

test('JUnit: each point is a test case, and what comes from outside is escaped', () => {
  const xml = junitReport(reportOf(HOSTILE))
  expect(tagsOf(xml)?.filter((tag) => !/message|value|property /.test(tag))).toEqual(
    tagsOf(junitReport(reportOf('harmless')))?.filter((tag) => !/message|value|property /.test(tag)),
  )
  expect(xml).not.toContain('<script')
  expect(xml).toContain('tests="4" failures="1" errors="0" skipped="1"')
})

const READ = `
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
for case in root.iter('testcase'):
    print(case.get('name'), case.get('time'), [child.tag for child in case])
`

test.skipIf(!python.found)(`JUnit: a parser of XML reads it${python.remark}`, () => {
  const read = execFileSync('python3', ['-c', READ], {
    input: junitReport(reportOf(HOSTILE)),
    encoding: 'utf8',
  })
  expect(read.trim().split('\n')).toEqual([
    'point-0: A title 0.012 []',
    "point-1: A title 0.012 ['system-out']",
    "point-2: A title 0.012 ['failure']",
    "point-3: A title 0.012 ['skipped']",
  ])
})

test('text: what passes takes two lines, what fails says all; with verbose, everything does', () => {
  const brief = textReport(reportOf('it'), false).join('\n')
  expect(brief.match(/mend: /g)).toHaveLength(2)
  expect(brief).toContain('sent:   POST: it, 7 bytes; headers it\n')
  expect(brief).toContain('came:   401 in 3 ms, "it"; wanted it')
  expect(
    textReport(reportOf('it'), true)
      .join('\n')
      .match(/mend: /g),
  ).toHaveLength(4)
})

test('text: lines are no longer than the terminal is wide', () => {
  const lines = textReport(reportOf(`${'word '.repeat(40)}${'x'.repeat(200)}`), true, 50)
  for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(50)
  expect(lines.join(' ').match(/word/g)?.length).toBeGreaterThan(400)
})

test('no report holds the secret, also when the receiver sends it back', async () => {
  const server = createServer((_, response) =>
    response
      .writeHead(401, {
        'WWW-Authenticate': `Basic realm="${secrets.press}${HOSTILE.replaceAll(/\p{Cc}/gu, '')}"`,
      })
      .end(`${secrets.press}${HOSTILE}`),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=${secrets.press}`)
  const report = await runAll('press', { url })
  const texts = [
    JSON.stringify(report),
    htmlReport(report),
    junitReport(report),
    textReport(report, true).join(),
  ]
  for (const text of texts) {
    expect(text).not.toContain(secrets.press)
    expect(text).toContain('[the secret]')
  }
  expect(texts[1]).not.toContain('<script')
})

test('no report holds a signature, or the value of any header', async () => {
  const report = await runAll('advance-ai', await handWritten('advance-ai', 'echoes-stacks'))
  expect(JSON.stringify(report)).toContain('aai-signature')
  // SHA-256 and SHA-512 in Base64.
  expect(JSON.stringify(report)).not.toMatch(/[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==/)
})
