import { examples, newCommand } from '../command.ts'
import { EXIT, UsageError } from '../exit.ts'
import { readInput } from '../files.ts'
import { output, style } from '../output.ts'
import { pointInTime } from '../parsers.ts'
import { progress } from '../progress.ts'
import { providerOf, providerOption, schemeOptions } from '../providers.ts'
import { readSecret, secretOptions } from '../secrets.ts'
import { type Capture, parseHeaders, parseMessage, withoutMark } from '../verify/capture.ts'
import { type Verification, verify } from '../verify/verify.ts'
import { visible } from '../visible.ts'

export function verifyCommand() {
  return newCommand(
    'verify',
    'Says whether a captured request verifies, and if not, which known mistake explains it.',
  )
    .addOption(providerOption())
    .addOption(secretOptions.env())
    .addOption(secretOptions.file())
    .addOption(schemeOptions.secretForm())
    .addOption(schemeOptions.scheme())
    .addOption(schemeOptions.algorithm())
    .option(
      '--request <file>',
      'the request as an HTTP message: header lines, a blank line, the exact bytes of the body',
    )
    .option('--headers <file>', 'or its header lines, `Name: value`,')
    .option('--body <file>', '... and the exact bytes of its body')
    .option('--at <time>', 'when it arrived: fail also if its timestamp was stale then', pointInTime)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A capture is always old, so its age alone is told and is no failure, unless --at
says when it arrived.
${examples(
  ['verify --provider press --request delivery.http', 'the secret is in PRESS_WEBHOOK_SECRET'],
  ['verify --provider uip --headers headers.txt --body body.json --secret-file uip.secret', 'in two files'],
)}`,
    )
    .action(async ({ json, at, ...options }) => {
      const provider = providerOf(options.provider, options)
      const suspect = { ...readCapture(options), provider, secret: readSecret(options.provider, options) }
      const shown = progress()
      const found = await verify(suspect, at ?? Date.now(), (tried) =>
        shown.update(`${tried} possibilities tried`),
      ).finally(shown.end)
      const out = output({ json })
      for (const line of told(options.provider, found)) out.line(line)
      out.value({ provider: options.provider, ...found })
      if (!found.verifies || (at !== undefined && !found.fresh)) process.exitCode = EXIT.failed
    })
}

function readCapture({
  request,
  headers,
  body,
}: {
  request?: string
  headers?: string
  body?: string
}): Capture {
  if (request !== undefined && headers === undefined && body === undefined)
    return parseMessage(readInput(request))
  if (request === undefined && headers !== undefined && body !== undefined) {
    const lines = withoutMark(readInput(headers)).toString('latin1').split(/\r?\n/)
    return { rawHeaders: parseHeaders(lines), body: readInput(body) }
  }
  throw new UsageError('give --request, or --headers and --body')
}

function told(provider: string, found: Verification): string[] {
  const { verifies, code, mistakes, tried, complete } = found
  if (verifies) return [style('green', `${provider}: verifies`), ...remarks(found)]
  const head = style('red', `${provider}: does not verify (${code})`)
  if (mistakes.length === 0 && !complete) {
    return [
      head,
      `There was time for ${tried} possibilities, and none explains it: the capture is too large for all of them.`,
    ]
  }
  if (mistakes.length === 0) {
    return [
      head,
      `None of the known mistakes explains it: ${tried} possibilities were tried, one and two at a time. Either it was`,
      'signed with another secret (sandbox or production? before or after a rotation?), or its bytes were changed in a',
      'way that cannot be undone.',
    ]
  }
  return [
    head,
    ...mistakes.flatMap(({ name, explanation, mend }) => [
      '',
      `${style('bold', name)}: ${visible(explanation)}`,
      `What to do: ${visible(mend)}`,
    ]),
  ]
}

/** What a receiver would say to it all the same. */
function remarks({ code, fresh, ageMs = 0 }: Verification): string[] {
  const age = `${inWords(Math.abs(ageMs))} ${ageMs < 0 ? 'ahead' : 'old'}`
  const aged = fresh ? [] : [`Its timestamp is ${age}: a receiver refuses it for that.`]
  const isUnusable = code.startsWith('body-')
  return isUnusable ? [...aged, `No events can be made of its body (${code}): see docs/errors.md.`] : aged
}

function inWords(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const
  const from = units.findIndex(([, size]) => ms >= size)
  const parts = units.slice(from < 0 ? 3 : from).slice(0, 2)
  let rest = ms
  return parts
    .map(([unit, size]) => {
      const count = Math.floor(rest / size)
      rest -= count * size
      return `${count} ${unit}`
    })
    .join(' ')
}
