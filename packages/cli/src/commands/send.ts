import { setTimeout as delay } from 'node:timers/promises'
import { Option } from '@commander-js/extra-typings'
import { type DeliveryReport, FLAWS, MISHAPS } from '@kyc-webhooks/simulator'
import { examples, newCommand } from '../command.ts'
import { concealer } from '../conceal.ts'
import { EXIT, UsageError } from '../exit.ts'
import { output } from '../output.ts'
import { decimal, someText, wholeNumber } from '../parsers.ts'
import { progress } from '../progress.ts'
import { providerOption, schemeOptions } from '../providers.ts'
import { readSecret, secretOptions } from '../secrets.ts'
import { deliver } from '../send/deliver.ts'
import { draftsOf } from '../send/drafts.ts'
import { caOption, eventList, simulatorOf, timeLimitOption, urlOption } from '../simulate.ts'

export function sendCommand() {
  return newCommand(
    'send',
    'Sends deliveries as a provider does: invented data, signed, with something wrong on demand.',
  )
    .addOption(providerOption())
    .addOption(urlOption())
    .addOption(secretOptions.env())
    .addOption(secretOptions.file())
    .addOption(schemeOptions.secretForm())
    .addOption(schemeOptions.scheme())
    .addOption(schemeOptions.algorithm())
    .option('--event <type>', 'which event (default: all of them, one after the other)', someText)
    .option('--variant <name>', 'in which form, where an event has several', someText)
    .option('--body <file>', 'sign and send exactly these bytes')
    .option('--content-type <type>', 'with --body', 'application/json')
    .option('--count <n>', 'how many', wholeNumber(1), 1)
    .option('--seed <n>', 'the same seed gives the same ids and bytes (default: at random)', wholeNumber())
    .addOption(new Option('--flaw <flaw>', 'what is wrong with it').choices(FLAWS))
    .addOption(new Option('--mishap <mishap>', 'what goes wrong on the way').choices(MISHAPS))
    .option('--retry', 'send again what failed, when the provider would')
    .option('--time-scale <factor>', 'with --retry: 0.01 waits a hundredth of the time', decimal)
    .option(
      '--expect <status>',
      'succeed if this is the last reply to each, for example 401',
      wholeNumber(100, 599),
    )
    .addOption(timeLimitOption())
    .addOption(caOption())
    .option('--json', 'print a line of JSON for each attempt')
    .addHelpText(
      'after',
      `${eventList()}
${examples(
  [
    'send --provider press',
    'one delivery to http://127.0.0.1:3000/webhooks/press; the secret is in PRESS_WEBHOOK_SECRET',
  ],
  ['send --provider uip --event identify --count 3 --json', 'three of one event, for a program'],
  ['send --provider press --flaw bad-signature --expect 401', 'a check: forgeries are refused'],
)}`,
    )
    .action(async ({ json, ...options }) => {
      if (options.timeScale !== undefined && !options.retry)
        throw new UsageError('--time-scale goes with --retry')
      const shown = progress()
      const simulator = simulatorOf(options, {
        ...(options.retry ? {} : { retrySchedule: [] }),
        ...(options.timeScale === undefined ? {} : { timeScale: options.timeScale }),
        sleep: (ms, signal) => {
          shown.update(`sent again in ${Math.round(ms / 1_000)} s`)
          return delay(ms, undefined, { signal })
        },
      })
      const draft = draftsOf(options)
      const out = output({ json })
      const { provider, url } = options
      const hidden = concealer({
        secret: readSecret(provider, options),
        urls: url === undefined ? [] : [url],
      })
      const said = { out, provider, hidden, clear: () => shown.update('') }
      const { flaw, mishap, expect } = options
      if (flaw !== undefined && !simulator.flaws.includes(flaw))
        throw new UsageError(
          `no delivery of ${options.provider} can have the flaw ${flaw} under these options`,
        )
      let good = 0
      try {
        for (let sent = 0; sent < options.count; sent++) {
          // These are flaws only beside another delivery, which goes first.
          const first = flaw === 'conflict' || flaw === 'reused-nonce' ? draft() : undefined
          if (first !== undefined) await deliver(simulator, first, {}, said)
          const next = flaw === 'conflict' && first !== undefined ? first : draft()
          const report = await deliver(simulator, next, { flaw, mishap }, said)
          if (isAsWanted(report, expect)) good++
        }
      } finally {
        shown.end()
      }
      const { count } = options
      if (count > 1)
        out.line(`${good} of ${count} ${expect === undefined ? 'accepted' : `answered ${expect}`}`)
      if (good < count) process.exitCode = EXIT.failed
    })
}

function isAsWanted({ outcome, attempts }: DeliveryReport, expected: number | undefined): boolean {
  return expected === undefined ? outcome === 'accepted' : attempts.at(-1)?.status === expected
}
