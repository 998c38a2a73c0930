import { randomInt } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { type PlayReport, play, simulators } from '@kyc-webhooks/simulator'
import { examples, newCommand } from '../command.ts'
import { EXIT } from '../exit.ts'
import { liveLines } from '../live-lines.ts'
import { histogram, type LoadResult, loadResult, loadTable } from '../load-report.ts'
import { note, output } from '../output.ts'
import { aboveZero, decimal, someText, wholeNumber } from '../parsers.ts'
import { progress } from '../progress.ts'
import { providerOption, schemeOptions } from '../providers.ts'
import { secretOptions } from '../secrets.ts'
import { caOption, eventList, orUsage, simulatorOf, timeLimitOption, urlOption } from '../simulate.ts'

/** Between two pictures of the histogram, in milliseconds. */
const REDRAW_MS = 250

export function loadCommand() {
  return newCommand('load', 'Sends deliveries at a rate for a time, and measures the replies.')
    .addOption(providerOption())
    .addOption(urlOption())
    .addOption(secretOptions.env())
    .addOption(secretOptions.file())
    .addOption(schemeOptions.secretForm())
    .addOption(schemeOptions.scheme())
    .addOption(schemeOptions.algorithm())
    .requiredOption('--rate <n>', 'deliveries in a second', aboveZero)
    .option('--seconds <n>', 'for how long', aboveZero, 10)
    .option('--connections <n>', 'at the same time, at most', wholeNumber(1), 100)
    .option('--event <type>', 'which event (default: all of them, at random)', someText)
    .option('--seed <n>', 'the same seed gives the same ids and bytes (default: at random)', wholeNumber())
    .option('--max-p99 <ms>', 'exit with 1 when the 99th percentile is above', decimal)
    .option('--max-errors <n>', 'exit with 1 when more were not accepted', wholeNumber())
    .addOption(timeLimitOption())
    .addOption(caOption())
    .option('--json', 'print one JSON object at the end')
    .addHelpText(
      'after',
      `
Each delivery has its time, however long replies take, and times are counted from
then on: a receiver that is behind does not look faster for it. Nothing is sent
again. What takes longer than the provider waits (500 ms for PRESS) is an error.
Ctrl-C ends it early, and tells what came until then.
${eventList()}
${examples(
  ['load --provider press --rate 20 --seconds 1', 'twenty deliveries in a second'],
  ['load --provider uip --rate 50 --seconds 1 --max-p99 2000 --max-errors 0 --json', 'a check'],
)}`,
    )
    .action(async ({ json, rate, seconds, connections, event, seed = randomInt(2 ** 31), ...options }) => {
      const agent = new (options.url?.protocol === 'https:' ? https : http).Agent({
        keepAlive: true,
        maxSockets: connections,
      })
      const simulator = simulatorOf(options, { agent, retrySchedule: [] })
      const drafts = simulators[options.provider].drafts({ seed, scheme: options.scheme })
      if (event !== undefined) orUsage(() => drafts.variants(event))
      const [live, shown] = [liveLines(), progress()]
      const interruption = new AbortController()
      const interrupt = () => interruption.abort()
      // The second one ends the process.
      process.once('SIGINT', interrupt)
      let last: PlayReport | undefined
      const report = await play(simulator, drafts, {
        ...{ rate, seed, concurrency: connections, durationMs: seconds * 1_000 },
        // Whatever the clock's fractions: so many, or fewer when the time is over before.
        count: Math.max(1, Math.round(rate * seconds)),
        ...(event === undefined ? {} : { eventTypes: { [event]: 1 } }),
        progressIntervalMs: REDRAW_MS,
        signal: interruption.signal,
        onProgress: (now) => {
          last = now
          if (process.stderr.isTTY) live.show(histogram(now))
          else shown.update(histogram(now)[0] ?? '')
        },
      })
        .catch((error) => {
          if (!interruption.signal.aborted || last === undefined) throw error
          return last
        })
        .finally(() => {
          process.off('SIGINT', interrupt)
          shown.end()
          agent.destroy()
        })
      const isWhole = !interruption.signal.aborted
      const result = loadResult(report, isWhole ? seconds : report.elapsedMs / 1_000)
      const out = output({ json })
      for (const line of loadTable(result, rate)) out.line(line)
      out.value({ provider: options.provider, rate, ...result })
      const exceeded = whatExceeds(result, options)
      if (!isWhole) note('kyc-webhooks: interrupted: this is what came until then')
      if (exceeded.length > 0) note(`kyc-webhooks: more than allowed: ${exceeded.join(', ')}`)
      else if (result.accepted === 0) note('kyc-webhooks: no delivery was accepted')
      else if (isWhole) return
      process.exitCode = EXIT.failed
    })
}

function whatExceeds(
  { errors, p99Ms }: LoadResult,
  {
    maxP99 = Number.POSITIVE_INFINITY,
    maxErrors = Number.POSITIVE_INFINITY,
  }: { maxP99?: number; maxErrors?: number },
): string[] {
  return [
    ...(Number.isFinite(maxP99) && p99Ms === null ? ['no p99, since there was no reply'] : []),
    ...(p99Ms !== null && p99Ms > maxP99 ? [`a p99 of ${p99Ms} ms`] : []),
    ...(errors > maxErrors ? [`${errors} errors`] : []),
  ]
}
