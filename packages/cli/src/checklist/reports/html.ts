import type { Exchange } from '../exchange.ts'
import { GROUPS } from '../point.ts'
import { type Finding, GROUP_TITLES, headline, PROVIDER_NAMES, type Report, STATUS_WORDS } from '../report.ts'
import { escaped } from './markup.ts'
import { STYLE } from './style.ts'

/** One file to hand to the provider: no script, nothing from elsewhere, and nothing in it that was not escaped. */
export function htmlReport(report: Report): string {
  const { provider, url, at, version, points, verdict } = report
  const title = `${PROVIDER_NAMES[provider]} webhook checklist`
  const facts = {
    Receiver: url,
    Provider: PROVIDER_NAMES[provider],
    Date: `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`,
    Tool: `kyc-webhooks ${version}`,
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escaped(`${title}: ${url}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<div class="verdict ${verdict}"><p>${escaped(headline(report))}</p>
${failures(points)}</div>
<dl class="facts">
${Object.entries(facts).map(fact).join('\n')}
</dl>
</header>
<main>
${summary(report)}
${GROUPS.map((group) =>
  section(
    GROUP_TITLES[group],
    points.filter((finding) => finding.group === group),
  ),
).join('')}
</main>
<footer>All deliveries were invented and signed as the provider signs. Header names are shown, never their values.</footer>
</body>
</html>
`
}

const fact = ([name, value]: [string, string]): string =>
  `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`

/** Links to what fails. */
function failures(points: readonly Finding[]): string {
  const failed = points.filter(({ status }) => status === 'fail')
  const links = failed.map(({ id, title }) => `<li><a href="#${escaped(id)}">${escaped(title)}</a></li>`)
  return failed.length === 0 ? '' : `These do not hold:\n<ul>${links.join('')}</ul>\n`
}

function summary({ counts }: Report): string {
  const items = (['pass', 'fail', 'warn', 'not-shown'] as const).map(
    (status) => `<li class="${status}"><b>${counts[status]}</b> ${STATUS_WORDS[status]}</li>`,
  )
  return `<ul class="counts">${items.join('')}</ul>`
}

const section = (title: string, findings: readonly Finding[]): string =>
  findings.length === 0
    ? ''
    : `<section>\n<h2>${escaped(title)}</h2>\n${findings.map(point).join('\n')}\n</section>\n`

/** What fails is open. */
function point(finding: Finding): string {
  const { id, title, status, reason, why, mend, page, exchanges } = finding
  const said = page.says === undefined ? '' : `<q>${escaped(page.says)}</q>`
  const isOpen = status === 'fail' || status === 'warn'
  return `<details class="${status}" id="${escaped(id)}"${isOpen ? ' open' : ''}>
<summary><span class="mark">${STATUS_WORDS[status]}</span><span class="title">${escaped(title)}<span class="reason">${escaped(reason)}</span></span><code>${escaped(id)}</code></summary>
<dl>
<div><dt>Asked</dt><dd>${escaped(page.name)}${said}</dd></div>
<div><dt>Why</dt><dd>${escaped(why)}</dd></div>
<div><dt>Mend</dt><dd>${withCode(mend)}</dd></div>
</dl>
${exchanges.length === 0 ? '' : exchangeTable(exchanges)}
</details>`
}

/** Our own words, in which code stands between backticks. */
const withCode = (text: string): string => escaped(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>')

const exchangeTable = (exchanges: readonly Exchange[]): string => `<div class="wide"><table>
<thead><tr><th>Sent</th><th>Came back</th><th>ms</th></tr></thead>
<tbody>
${exchanges.map(row).join('\n')}
</tbody>
</table></div>`

function row({
  sent,
  method,
  headerNames,
  bodyBytes,
  wanted,
  asWanted,
  status,
  reply,
  durationMs,
}: Exchange): string {
  const size = bodyBytes === 0 ? '' : `, ${bodyBytes} bytes`
  const names = headerNames.length === 0 ? '' : `<small>${escaped(headerNames.join(', '))}</small>`
  const came = `<b>${status ?? ''}</b> <samp>${escaped(reply)}</samp>`
  const hint = asWanted || wanted === undefined ? '' : `<small>wanted: ${escaped(wanted)}</small>`
  return `<tr${asWanted ? '' : ' class="wrong"'}><td>${escaped(`${method}: ${sent}${size}`)}${names}</td><td>${came}${hint}</td><td>${Math.round(durationMs)}</td></tr>`
}
