import { checkRetention, type Retention } from './inbox/retention.ts'
import { defaultRetryPolicy, type RetryPolicy } from './inbox/retry-policy.ts'
import { consoleLogger, guarded, type Logger, silentLogger } from './logger.ts'
import { type AddressSet, addressSet } from './network.ts'
import { boolean, duration, integer, invalid, oneOf, positive } from './option-checks.ts'
import type { Provider } from './provider.ts'
import type { KeepUnverified, ReceiverOptions } from './receiver-options.ts'
import type { AdmissionPolicy } from './steps/admit.ts'
import type { UnverifiedLimits } from './unverified.ts'

const DAY_MS = 86_400_000

/** A receiver's options, checked and complete: every default of `ReceiverOptions` is applied here and nowhere else. */
export interface Settings {
  name: string
  path: string
  admission: AdmissionPolicy
  /** Whose word on address and TLS is taken. */
  proxies: AddressSet | undefined
  tlsVersionHeader: string | undefined
  maxBodyBytes: number
  readTimeoutMs: number
  unverified: UnverifiedLimits
  /** `undefined`: nothing. */
  keepUnverified: UnverifiedKept | undefined
  budgetMs: number
  toleranceMs: number
  rememberMs: number
  keepHandledMs: Retention
  secretMaxAgeMs: number
  transactional: boolean
  concurrency: number
  handlerTimeoutMs: number
  closeGraceMs: number
  retry: RetryPolicy
  logger: Logger
  now: () => number
  random: () => number
}

/** How much is kept of what no secret matches, and for how long. */
export type UnverifiedKept = Required<KeepUnverified>

/** Throws `option-invalid` for anything that would quietly switch a check off. */
export function resolveSettings(
  provider: Provider,
  options: Omit<Partial<ReceiverOptions<never>>, 'on' | 'onEvent'>,
): Settings {
  const name = options.name ?? provider.name
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    invalid('name', 'lower-case letters, digits and hyphens, at most 64')
  const path = options.path ?? `/webhooks/${name}`
  if (!/^\/[^?#\s]*$/.test(path)) invalid('path', 'a path that begins with /')
  const rememberMs = positive('rememberMs', options.rememberMs ?? provider.rememberMs)
  if (rememberMs < 7 * DAY_MS)
    invalid('rememberMs', 'at least 604800000, seven days: repetitions come that late')
  const toleranceMs = positive(
    'toleranceMs',
    options.toleranceMs ?? provider.timestamp?.toleranceMs ?? 300_000,
  )
  // A timestamp may lie ahead: what came first as early as it can is fresh for twice the tolerance.
  if (2 * toleranceMs > rememberMs)
    invalid('toleranceMs', 'at most half of rememberMs: what is still fresh must still be known')
  return {
    name,
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
    ...resolveNetwork(options),
    ...resolveSizes(options),
    readTimeoutMs: duration('readTimeoutMs', options.readTimeoutMs ?? 10_000),
    keepUnverified: resolveKept(options.keepUnverified),
    budgetMs: duration('budgetMs', options.budgetMs ?? provider.budgetMs),
    toleranceMs,
    rememberMs,
    keepHandledMs: checkRetention('keepHandledMs', options.keepHandledMs ?? 7 * DAY_MS),
    secretMaxAgeMs: positive('secretMaxAgeMs', options.secretMaxAgeMs ?? 60_000),
    transactional: boolean('transactional', options.transactional ?? false),
    concurrency: integer('concurrency', options.concurrency ?? 16),
    handlerTimeoutMs: duration('handlerTimeoutMs', options.handlerTimeoutMs ?? 30_000),
    closeGraceMs: duration('closeGraceMs', options.closeGraceMs ?? 10_000, 0),
    retry: resolveRetry(options.retry),
    logger: guarded(resolveLogger(options.logger)),
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  }
}

function resolveSizes({
  maxBodyBytes = 1_048_576,
  maxUnverified = 2_000,
  maxUnverifiedBytes = Math.max(67_108_864, maxBodyBytes),
}: Pick<Partial<ReceiverOptions>, 'maxBodyBytes' | 'maxUnverified' | 'maxUnverifiedBytes'>): Pick<
  Settings,
  'maxBodyBytes' | 'unverified'
> {
  positive('maxBodyBytes', maxBodyBytes)
  const deliveries = integer('maxUnverified', maxUnverified)
  const bytes = positive('maxUnverifiedBytes', maxUnverifiedBytes, maxBodyBytes)
  return { maxBodyBytes, unverified: { deliveries, bytes } }
}

function resolveKept(given: KeepUnverified | boolean = false): UnverifiedKept | undefined {
  if (typeof given !== 'object' || given === null)
    return boolean('keepUnverified', given) ? resolveKept({}) : undefined
  const { max = 1_000, maxBytes = 16_777_216, maxAgeMs = 3 * DAY_MS, ...others } = given
  for (const name of Object.keys(others))
    oneOf('an option of keepUnverified', name, ['max', 'maxBytes', 'maxAgeMs'])
  return {
    max: integer('keepUnverified.max', max),
    maxBytes: positive('keepUnverified.maxBytes', maxBytes),
    maxAgeMs: positive('keepUnverified.maxAgeMs', maxAgeMs),
  }
}

function resolveNetwork(
  options: Omit<Partial<ReceiverOptions<never>>, 'on' | 'onEvent'>,
): Pick<Settings, 'admission' | 'proxies' | 'tlsVersionHeader'> {
  const { requireTls = false, tlsVersionHeader } = options
  if (![true, false, 'TLSv1.2', 'TLSv1.3'].includes(requireTls))
    invalid('requireTls', "true, false, 'TLSv1.2' or 'TLSv1.3'")
  if (
    typeof requireTls === 'string' &&
    options.trustedProxies !== undefined &&
    tlsVersionHeader === undefined
  ) {
    invalid(
      'tlsVersionHeader',
      'needed with requireTls and trustedProxies: the proxy must say which TLS version it spoke',
    )
  }
  const set = (option: 'allowedAddresses' | 'trustedProxies'): AddressSet | undefined => {
    const entries = options[option]
    if (entries === undefined) return undefined
    if (!Array.isArray(entries) || entries.length === 0)
      invalid(option, 'a list of at least one address, or to be left out')
    return addressSet(option, entries)
  }
  return {
    admission: { allowed: set('allowedAddresses'), requireTls },
    proxies: set('trustedProxies'),
    tlsVersionHeader: tlsVersionHeader?.toLowerCase(),
  }
}

function resolveLogger(given: Logger | false | undefined): Logger {
  const logger = given === false ? silentLogger : (given ?? consoleLogger())
  const isLogger = (['info', 'warn', 'error'] as const).every((level) => typeof logger[level] === 'function')
  return isLogger ? logger : invalid('logger', 'an object with info, warn and error, or false')
}

function resolveRetry(given: Partial<RetryPolicy> = {}): RetryPolicy {
  const retry = { ...defaultRetryPolicy, ...given }
  for (const name of Object.keys(given)) oneOf('an option of retry', name, Object.keys(defaultRetryPolicy))
  integer('retry.attempts', retry.attempts)
  integer('retry.crashes', retry.crashes)
  duration('retry.firstDelayMs', retry.firstDelayMs, 0)
  duration('retry.maxDelayMs', retry.maxDelayMs, 0)
  if (!(retry.factor >= 1 && Number.isFinite(retry.factor))) invalid('retry.factor', 'a number from 1')
  return retry
}
