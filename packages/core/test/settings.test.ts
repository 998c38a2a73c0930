import { describe, expect, it } from 'vitest'
import { consoleLogger } from '../src/logger.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import type { ReceiverOptions } from '../src/receiver-options.ts'
import { resolveSettings } from '../src/settings.ts'
import { configurationError } from './support/configuration-error.ts'

type Options = Partial<ReceiverOptions<never>>
const DAY = 86_400_000
const settle = (options: Options = {}) => resolveSettings(press(), { secret: undefined, ...options })

describe('defaults', () => {
  it('are those of the documentation', () => {
    expect(settle()).toMatchObject({
      name: 'press',
      path: '/webhooks/press',
      admission: { allowed: undefined, requireTls: false },
      maxBodyBytes: 1_048_576,
      readTimeoutMs: 10_000,
      unverified: { deliveries: 2_000, bytes: 67_108_864 },
      budgetMs: 400,
      toleranceMs: 300_000,
      rememberMs: 7 * DAY,
      keepHandledMs: 7 * DAY,
      secretMaxAgeMs: 60_000,
      concurrency: 16,
      handlerTimeoutMs: 30_000,
      closeGraceMs: 10_000,
      retry: { attempts: 15, firstDelayMs: 1_000, factor: 3, maxDelayMs: 3_600_000, crashes: 5 },
      now: Date.now,
      random: Math.random,
    })
  })

  it.each([
    // Respond within 500 ms; 6 attempts in 7 h 21 min; ids for 7 days.
    [press(), 500, 7 * DAY],
    // No limit and no date: the id is the only protection.
    [uip(), 60_000, 90 * DAY],
    // 60 s; timestamp and nonce are unsigned.
    [advanceAi(), 60_000, 90 * DAY],
  ])('of $name leave its time limit a margin and outlast its retries', (provider, limitMs, rememberMs) => {
    const settings = resolveSettings(provider, { secret: undefined })
    expect(settings.budgetMs).toBeLessThan(limitMs)
    expect(settings.rememberMs).toBe(rememberMs)
    expect(settings.toleranceMs).toBe(300_000)
  })

  it('of the path follow the name', () => {
    expect(settle({ name: 'press-sandbox' })).toMatchObject({
      name: 'press-sandbox',
      path: '/webhooks/press-sandbox',
    })
  })

  it('of the logger is the console; false is none', () => {
    expect(Object.keys(settle().logger)).toEqual(Object.keys(consoleLogger()))
    expect(() => settle({ logger: false }).logger.error({}, 'unheard')).not.toThrow()
  })
})

describe('what is given', () => {
  const given: Options = {
    name: 'a',
    path: '/hooks/a/',
    maxBodyBytes: 1,
    readTimeoutMs: 1,
    budgetMs: 1,
    toleranceMs: 1,
    rememberMs: 7 * DAY,
    keepHandledMs: 0,
    secretMaxAgeMs: 1,
    concurrency: 1,
    handlerTimeoutMs: 1,
    closeGraceMs: 0,
    retry: { attempts: 1, firstDelayMs: 0, factor: 1, maxDelayMs: 0, crashes: 1 },
  }

  it('counts, down to the least', () => {
    expect(settle(given)).toMatchObject({ ...given, path: '/hooks/a' })
  })

  it('of what is not verified counts, and leaves room for one body', () => {
    expect(settle({ maxUnverified: 1, maxBodyBytes: 5, maxUnverifiedBytes: 5 }).unverified).toEqual({
      deliveries: 1,
      bytes: 5,
    })
    expect(settle({ maxBodyBytes: 100_000_000 }).unverified.bytes).toBe(100_000_000)
  })

  it('of the retry policy may be a part', () => {
    expect(settle({ retry: { attempts: 2 } }).retry).toMatchObject({ attempts: 2, factor: 3 })
  })

  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/b'],
  ])('a path of %s is %s', (path, expected) => {
    expect(settle({ path }).path).toBe(expected)
  })
})

describe('what would quietly switch a check off is refused', () => {
  const numbers = [
    'maxBodyBytes',
    'maxUnverified',
    'maxUnverifiedBytes',
    'readTimeoutMs',
    'budgetMs',
    'toleranceMs',
    'rememberMs',
    'keepHandledMs',
    'secretMaxAgeMs',
    'concurrency',
    'handlerTimeoutMs',
    'closeGraceMs',
  ] as const
  const never = [Number.NaN, Number.POSITIVE_INFINITY, -1, '300', {}]
  const table: [string, Options][] = [
    ...numbers.flatMap((name) =>
      never.map((value): [string, Options] => [name, { [name]: value as number }]),
    ),
    ...numbers
      .filter((name) => name !== 'keepHandledMs' && name !== 'closeGraceMs')
      .map((name): [string, Options] => [name, { [name]: 0 }]),
    // Timers beyond 2^31 - 1 fire at once.
    ...(['readTimeoutMs', 'budgetMs', 'handlerTimeoutMs', 'closeGraceMs'] as const).map(
      (name): [string, Options] => [name, { [name]: 2 ** 31 }],
    ),
    ['concurrency', { concurrency: 1.5 }],
    ['maxUnverified', { maxUnverified: 1.5 }],
    ['maxUnverifiedBytes', { maxUnverifiedBytes: 1_048_575 }],
    ['maxUnverifiedBytes', { maxBodyBytes: 2_000, maxUnverifiedBytes: 1_999 }],
    ['rememberMs', { rememberMs: 7 * DAY - 1 }],
    ...['', 'Press', 'a b', 'a/b', '-a', 'a'.repeat(65), 'a\0b', 'a_b'].map((name): [string, Options] => [
      'name',
      { name },
    ]),
    ...['', 'hooks', '/a?b', '/a#b', '/a b', 'http://x/a'].map((path): [string, Options] => [
      'path',
      { path },
    ]),
    ['requireTls', { requireTls: 'TLSv1.1' as 'TLSv1.2' }],
    ['requireTls', { requireTls: 'true' as unknown as boolean }],
    ['allowedAddresses', { allowedAddresses: [] }],
    ['allowedAddresses', { allowedAddresses: ['localhost'] }],
    ['trustedProxies', { trustedProxies: [] }],
    ['trustedProxies', { trustedProxies: ['*'] }],
    ['tlsVersionHeader', { requireTls: 'TLSv1.3', trustedProxies: ['10.0.0.0/8'] }],
    ['retry.attempts', { retry: { attempts: 0 } }],
    ['retry.attempts', { retry: { attempts: 1.5 } }],
    ['keepHandledMs', { keepHandledMs: 86_400_000 / 7 }],
    ['rememberMs', { rememberMs: Number.MAX_VALUE }],
    ['retry.crashes', { retry: { crashes: 0 } }],
    ['retry.firstDelayMs', { retry: { firstDelayMs: Number.NaN } }],
    ['retry.firstDelayMs', { retry: { firstDelayMs: -1 } }],
    ['retry.maxDelayMs', { retry: { maxDelayMs: Number.POSITIVE_INFINITY } }],
    ['retry.factor', { retry: { factor: 0.5 } }],
    ['retry.factor', { retry: { factor: Number.NaN } }],
  ]

  it.each(table)('%s of %o', (option, options) => {
    const error = configurationError(() => settle(options))
    expect(error.code).toBe('option-invalid')
    expect(error.message).toContain(`: ${option} `)
  })

  it('a tolerance in which a delivery is still fresh when its id is forgotten', () => {
    // A timestamp may lie ahead: what comes first at its earliest can come again twice the tolerance later.
    expect(settle({ toleranceMs: 3.5 * DAY }).toleranceMs).toBe(3.5 * DAY)
    expect(configurationError(() => settle({ toleranceMs: 3.5 * DAY + 1 })).message).toContain('toleranceMs')
    expect(settle({ toleranceMs: 7 * DAY, rememberMs: 14 * DAY }).toleranceMs).toBe(7 * DAY)
  })

  it('also when it is the provider that says so', () => {
    const timestamp = { header: 'x-webhook-timestamp', toleranceMs: Number.NaN }
    const provider = { ...press(), timestamp }
    expect(configurationError(() => resolveSettings(provider, { secret: undefined })).message).toContain(
      'toleranceMs',
    )
  })
})

describe('requireTls with a version', () => {
  it('needs no header without a proxy', () => {
    expect(settle({ requireTls: 'TLSv1.3' }).admission.requireTls).toBe('TLSv1.3')
  })

  it('behind a proxy takes the header, in whatever case', () => {
    const options: Options = {
      requireTls: 'TLSv1.3',
      trustedProxies: ['10.0.0.0/8'],
      tlsVersionHeader: 'X-TLS-Version',
    }
    expect(settle(options).tlsVersionHeader).toBe('x-tls-version')
  })
})
