import { UsageError } from '../exit.ts'
import { readInput } from '../files.ts'
import type { ProviderName } from '../providers.ts'
import { readSecret } from '../secrets.ts'
import { simulatorOf, type TargetOptions } from '../simulate.ts'
import { REPLY_LIMITS_MS } from './points/replies.ts'
import { probeAt, unknownId } from './probe.ts'
import type { OtherAlgorithm, Target } from './target.ts'

export interface ChecklistOptions extends TargetOptions {
  url: URL
  probe?: URL
  rate: number
  otherAlgorithmUrl?: URL
}

/** How long a reply may take and still be looked at, in milliseconds: longer than the provider waits. */
const patienceMs = (provider: ProviderName): number => Math.max(10_000, REPLY_LIMITS_MS[provider] + 5_000)
/** Over how long a slow body comes, in milliseconds. */
const SLOW_BODY_MS = 1_500
/** For how long the load is kept up. */
const LOAD_SECONDS = 2

const sendingTo = (provider: ProviderName) => ({
  retrySchedule: [],
  timeLimitMs: patienceMs(provider),
  slowBodyMs: SLOW_BODY_MS,
})

/** The target that a command line asks for. Rejects with a `UsageError` for one that cannot be meant. */
export async function targetOf(options: ChecklistOptions): Promise<Target> {
  const { provider, url, probe, rate, scheme } = options
  const simulator = simulatorOf(options, sendingTo(provider))
  const ca = options.ca === undefined ? undefined : readInput(options.ca)
  if (probe !== undefined) await checkProbe(probe, ca)
  return {
    ...{ provider, url, simulator, secret: readSecret(provider, options) },
    ...{ scheme, probe, ca, other: otherAlgorithm(options) },
    load: { rate, count: Math.max(1, Math.round(rate * LOAD_SECONDS)) },
  }
}

/** A probe that does not keep its contract would fail points that are none of its business. */
async function checkProbe(url: URL, ca: Buffer | undefined): Promise<void> {
  const { recorded, handled } = await probeAt(
    url,
    ca,
  )(unknownId()).catch((error) => {
    throw new UsageError(error.message)
  })
  if (recorded + handled > 0)
    throw new UsageError(
      'the probe knows of a delivery that was never sent: does it look at the parameter id?',
    )
}

function otherAlgorithm(options: ChecklistOptions): OtherAlgorithm | undefined {
  const { provider, algorithm, url, otherAlgorithmUrl } = options
  if (provider !== 'advance-ai') {
    if (otherAlgorithmUrl !== undefined) throw new UsageError('--other-algorithm-url is for advance-ai alone')
    return undefined
  }
  const name = algorithm === 'sha512' ? 'sha256' : 'sha512'
  const other = { ...options, algorithm: name, url: otherAlgorithmUrl ?? url } as const
  const simulator = simulatorOf(other, sendingTo(provider))
  return { name, simulator, isElsewhere: otherAlgorithmUrl !== undefined }
}
