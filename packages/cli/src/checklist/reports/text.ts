import { style } from '../../output.ts'
import { wrapped } from '../../wrapped.ts'
import type { Exchange } from '../exchange.ts'
import { GROUPS, type Status } from '../point.ts'
import { type Finding, GROUP_TITLES, headline, PROVIDER_NAMES, type Report, STATUS_WORDS } from '../report.ts'

const COLOURS = { pass: 'green', warn: 'yellow', fail: 'red', 'not-shown': 'gray' } as const satisfies Record<
  Status,
  string
>

/**
 * For a terminal.
 * @param verbose all there is to say about every point, not only about those with something to mend, and only what shows it
 * @param width characters in a line; longer ones are broken between words
 */
export function textReport(report: Report, verbose: boolean, width = Number.POSITIVE_INFINITY): string[] {
  const { provider, url, points, verdict } = report
  const head = `The checklist of ${PROVIDER_NAMES[provider]}, against ${url}`
  const body = GROUPS.flatMap((group) => {
    const findings = points.filter((finding) => finding.group === group)
    const lines = findings.flatMap((finding) => linesOf(finding, verbose, width))
    return findings.length === 0 ? [] : ['', style('bold', GROUP_TITLES[group]), ...lines]
  })
  const verdictLines = wrapped(headline(report), width).map((line) => style(['bold', COLOURS[verdict]], line))
  return [...wrapped(head, width), ...body, '', ...verdictLines]
}

const INDENT = 13
const LABEL = 8

function linesOf(finding: Finding, verbose: boolean, width: number): string[] {
  const { status, id, title, reason, why, mend, page, exchanges } = finding
  const mark = style(COLOURS[status], STATUS_WORDS[status].padEnd(10))
  const [first = '', ...rest] = wrapped(`${id}: ${title}`, width - INDENT)
  const named = first.startsWith(id) ? style('bold', id) + first.slice(id.length) : first
  const head = [`  ${mark} ${named}`, ...[...rest, ...wrapped(reason, width - INDENT)].map(indented)]
  if (!verbose && (status === 'pass' || status === 'not-shown')) return head
  const said = page.says === undefined ? page.name : `${page.name}: "${page.says}"`
  const about = [labelled('asked', said, width), labelled('why', why, width), labelled('mend', mend, width)]
  const shown = verbose ? exchanges : exchanges.filter(({ asWanted }) => !asWanted)
  const left = exchanges.length - shown.length
  const more = left === 0 ? [] : [indented(style('dim', `(${left} more, as wanted: --verbose tells them)`))]
  return [...head, ...about.flat(), ...shown.flatMap((each) => exchangeLines(each, width)), ...more]
}

const indented = (line: string): string => ' '.repeat(INDENT) + line

/** `mend:   Hash the bytes`, and what is left of it under the second column. */
function labelled(label: string, text: string, width: number): string[] {
  return wrapped(text, width - INDENT - LABEL).map((line, index) =>
    indented((index === 0 ? `${label}:` : '').padEnd(LABEL) + line),
  )
}

/** What was sent, and what came back. */
function exchangeLines(exchange: Exchange, width: number): string[] {
  const { sent, method, bodyBytes, headerNames, wanted, asWanted } = exchange
  const names = headerNames.length === 0 ? '' : `; headers ${headerNames.join(', ')}`
  const size = bodyBytes === 0 ? '' : `, ${bodyBytes} bytes`
  const ending = asWanted || wanted === undefined ? '' : `; wanted ${wanted}`
  const came = labelled('came', cameBack(exchange) + ending, width)
  return [
    ...labelled('sent', `${method}: ${sent}${size}${names}`, width),
    ...(asWanted ? came : came.map((line) => style('red', line))),
  ]
}

/** `401 in 3 ms, "Invalid signature"`. */
export function cameBack({ status, reply, durationMs }: Exchange): string {
  const time = `in ${Math.round(durationMs)} ms`
  if (status === undefined) return `${reply} ${time}`
  return reply === '' ? `${status} ${time}` : `${status} ${time}, "${reply}"`
}
