import { style } from '../../output.ts'
import type { Exchange } from '../exchange.ts'
import { GROUPS, type Status } from '../point.ts'
import { type Finding, GROUP_TITLES, headline, PROVIDER_NAMES, type Report, STATUS_WORDS } from '../report.ts'

const COLOURS = { pass: 'green', warn: 'yellow', fail: 'red', 'not-shown': 'gray' } as const satisfies Record<
  Status,
  string
>

/** For a terminal. @param verbose all there is to say about every point, not only about those with something to mend */
export function textReport(report: Report, verbose: boolean): string[] {
  const { provider, url, points, verdict } = report
  const head = `The checklist of ${PROVIDER_NAMES[provider]}, against ${url}`
  const body = GROUPS.flatMap((group) => {
    const findings = points.filter((finding) => finding.group === group)
    return findings.length === 0
      ? []
      : ['', style('bold', GROUP_TITLES[group]), ...findings.flatMap((finding) => linesOf(finding, verbose))]
  })
  return [head, ...body, '', style(['bold', COLOURS[verdict]], headline(report))]
}

function linesOf(finding: Finding, verbose: boolean): string[] {
  const { status, id, title, reason, why, mend, page, exchanges } = finding
  const mark = style(COLOURS[status], STATUS_WORDS[status].padEnd(10))
  const first = [`  ${mark} ${style('bold', id)}: ${title}`, `${INDENT}${reason}`]
  if (!verbose && (status === 'pass' || status === 'not-shown')) return first
  const said = page.says === undefined ? page.name : `${page.name}: "${page.says}"`
  const about = [`asked:  ${said}`, `why:    ${why}`, `mend:   ${mend}`]
  return [...first, ...[...about, ...exchanges.flatMap(exchangeLines)].map((line) => INDENT + line)]
}

const INDENT = ' '.repeat(13)

/** What was sent, and what came back. */
function exchangeLines(exchange: Exchange): string[] {
  const { sent, method, bodyBytes, headerNames, wanted, asWanted } = exchange
  const names = headerNames.length === 0 ? '' : `; headers ${headerNames.join(', ')}`
  const size = bodyBytes === 0 ? '' : `, ${bodyBytes} bytes`
  const ending = asWanted || wanted === undefined ? '' : `; wanted ${wanted}`
  const came = `came:   ${cameBack(exchange)}${ending}`
  return [`sent:   ${method}: ${sent}${size}${names}`, asWanted ? came : style('red', came)]
}

/** `401 in 3 ms, "Invalid signature"`. */
export function cameBack({ status, reply, durationMs }: Exchange): string {
  const time = `in ${Math.round(durationMs)} ms`
  if (status === undefined) return `${reply} ${time}`
  return reply === '' ? `${status} ${time}` : `${status} ${time}, "${reply}"`
}
