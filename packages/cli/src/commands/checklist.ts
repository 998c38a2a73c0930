import { accessSync, constants, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Point, PRACTICE } from '../checklist/point.ts'
import { pointsOf } from '../checklist/points.ts'
import type { Report } from '../checklist/report.ts'
import { htmlReport } from '../checklist/reports/html.ts'
import { junitReport } from '../checklist/reports/junit.ts'
import { textReport } from '../checklist/reports/text.ts'
import { runChecklist } from '../checklist/run-checklist.ts'
import { targetOf } from '../checklist/target-of.ts'
import { examples, newCommand } from '../command.ts'
import { EXIT, UsageError } from '../exit.ts'
import { type Output, output, style } from '../output.ts'
import { aboveZero, httpUrl } from '../parsers.ts'
import { progress } from '../progress.ts'
import { checkSchemes, type ProviderName, providerOption, schemeOptions } from '../providers.ts'
import { secretOptions } from '../secrets.ts'
import { caOption } from '../simulate.ts'
import { outputWidth } from '../wrapped.ts'

export function checklistCommand() {
  return newCommand(
    'checklist',
    'Runs against any receiver, point by point, what the provider asks before it goes live.',
  )
    .addOption(providerOption())
    .option('--url <url>', 'where the receiver answers', httpUrl)
    .addOption(secretOptions.env())
    .addOption(secretOptions.file())
    .addOption(schemeOptions.secretForm())
    .addOption(schemeOptions.scheme())
    .addOption(schemeOptions.algorithm())
    .option('--other-algorithm-url <url>', 'ADVANCE.AI: where it answers under the other algorithm', httpUrl)
    .option(
      '--probe <url>',
      'where your application tells how often a delivery was recorded and handled',
      httpUrl,
    )
    .option('--rate <n>', 'what load is normal: deliveries in a second', aboveZero, 20)
    .addOption(caOption())
    .option('--only <ids>', 'these points alone, with commas between them', idList)
    .option('--list', 'print the points, and send nothing')
    .option(
      '--verbose',
      'tell of every point what was sent, what came back, why it matters and how to mend it',
    )
    .option('--json', 'print one JSON object: the whole report')
    .option('--junit <file>', 'write the report as JUnit XML too, for CI')
    .option('--html <file>', 'write it as a web page too, to hand to the provider')
    .addHelpText(
      'after',
      `
It sends about 120 deliveries: invented people, really signed. A receiver that
accepts them hands them to its application, so give it a receiver for tests, with
a secret for tests.

--probe: GET <url>?id=<delivery id> is answered 200 with {"recorded": n,
"handled": n}, 0 for an id that it does not know. The ids are those of the signed
body: PRESS \`id\`, UIP \`audit_id\`, ADVANCE.AI \`eventId\`. Without it, two or three
points say \`not shown\`, which is no failure.
${examples(
  ['checklist --provider press --url https://hooks.example.com/webhooks/press', 'all points'],
  [
    'checklist --provider uip --url http://127.0.0.1:3000/webhooks/uip --only raw-body,bad-signature',
    'two points, on this machine',
  ],
  ['checklist --provider press --list', 'what there is'],
)}`,
    )
    .action(async ({ json, only, list, junit, html, verbose = false, ...options }, command) => {
      const { provider, scheme, url } = options
      checkSchemes([provider], options)
      const points = chosen(pointsOf(provider, provider !== 'uip' || scheme === 'timestamped'), only)
      const out = output({ json })
      if (list) return printList(out, provider, points)
      if (url === undefined) throw new UsageError('give --url, the address of the receiver')
      for (const file of [junit, html]) if (file !== undefined) checkWritable(file)
      const target = await targetOf({ ...options, url })
      const report = await run(target, points, command.parent?.version() ?? '')
      for (const line of textReport(report, verbose, outputWidth())) out.line(line)
      out.value(report)
      if (junit !== undefined) writeFileSync(junit, junitReport(report))
      if (html !== undefined) writeFileSync(html, htmlReport(report))
      if (report.verdict === 'fail') process.exitCode = EXIT.failed
    })
}

const idList = (text: string): string[] => text.split(',').map((id) => id.trim())

/** In the order in which they are run. */
function chosen(points: readonly Point[], only: readonly string[] | undefined): readonly Point[] {
  if (only === undefined) return points
  const unknown = only.filter((id) => !points.some((point) => point.id === id))
  if (unknown.length === 0) return points.filter(({ id }) => only.includes(id))
  const known = points.map(({ id }) => id).join(', ')
  throw new UsageError(`there is no point ${unknown.join(', ')} of this provider; there are ${known}`)
}

function printList(out: Output, provider: ProviderName, points: readonly Point[]): void {
  for (const { id, title, pages } of points) {
    const { name, says } = pages[provider] ?? PRACTICE
    out.line(`${style('bold', id)}: ${title}`)
    out.line(`  ${says === undefined ? name : `${name}: "${says}"`}`)
    out.value({ id, title, page: { name, says } })
  }
}

/** Before anything is sent: a report that cannot be written is no use. */
function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function run(
  target: Awaited<ReturnType<typeof targetOf>>,
  points: readonly Point[],
  version: string,
): Promise<Report> {
  const shown = progress()
  const onPoint = ({ id }: Point, index: number) => shown.update(`${index + 1} of ${points.length}: ${id}`)
  return runChecklist(target, points, { version, onPoint }).finally(shown.end)
}
