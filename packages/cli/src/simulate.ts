import { Option } from '@commander-js/extra-typings'
import { type Simulator, type SimulatorOptions, simulators } from '@kyc-webhooks/simulator'
import { UsageError } from './exit.ts'
import { readInput } from './files.ts'
import { httpUrl, wait } from './parsers.ts'
import { checkSchemes, PROVIDERS, type ProviderName, type SchemeOptions } from './providers.ts'
import { readSecret, type SecretOptions } from './secrets.ts'

/** Where the applications of the README listen. */
const DEFAULT_ORIGIN = 'http://127.0.0.1:3000'

export const urlOption = () =>
  new Option('--url <url>', `where to deliver (default: ${DEFAULT_ORIGIN}/webhooks/<provider>)`).argParser(
    httpUrl,
  )

export const caOption = () =>
  new Option('--ca <file>', 'certificate authority to trust, as PEM, in place of the well-known ones')

export const timeLimitOption = () =>
  new Option(
    '--time-limit <time>',
    'wait so long for a reply, for example 60s (default: as the provider does)',
  ).argParser(wait)

export interface TargetOptions extends SecretOptions, SchemeOptions {
  provider: ProviderName
  url?: URL
  ca?: string
  timeLimit?: number
}

/** A simulated provider. Throws a `UsageError` for a secret or a combination that the provider does not have. */
export function simulatorOf(
  { provider, url, ca, timeLimit, ...options }: TargetOptions,
  more: Omit<SimulatorOptions, 'url'> = {},
): Simulator {
  checkSchemes([provider], options)
  const { secretForm, scheme, algorithm } = options
  const secret = readSecret(provider, options)
  const target = url ?? `${DEFAULT_ORIGIN}/webhooks/${provider}`
  return orUsage(() =>
    simulators[provider].simulate({
      ...more,
      ...{ url: target, secret, secretForm, scheme, algorithm },
      ...(timeLimit === undefined ? {} : { timeLimitMs: timeLimit }),
      ...(ca === undefined ? {} : { ca: readInput(ca) }),
    }),
  )
}

/** The simulator throws these two for what cannot be meant; neither quotes a secret. */
export function orUsage<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

/** The events of each provider, for help texts. */
export function eventList(): string {
  const lists = PROVIDERS.map((provider) => {
    const session = provider === 'uip' ? simulators.uip.drafts({ scheme: 'timestamped' }).eventTypes : []
    const names = [...simulators[provider].eventTypes, ...session]
    return `  ${provider}: ${names.join(', ')}`.replaceAll(/(.{60,88}?,) /g, '$1\n    ')
  })
  return `\nEvents:\n${lists.join('\n')}`
}
