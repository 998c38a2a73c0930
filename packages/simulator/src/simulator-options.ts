import { randomUUID } from 'node:crypto'
import type { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { SecureContextOptions } from 'node:tls'

/** What every simulator can be told, whatever the provider. */
export interface SimulatorOptions {
  /** Where to deliver, `https:` or `http:`. Providers insist on HTTPS; a test need not. */
  url: string | URL
  /** Multiplies the waits between attempts; 0: no waiting. Time limits are not scaled. @default 1 */
  timeScale?: number
  /** Waits before the second and each further attempt, in milliseconds; `[]`: never sent again. @default as the provider documents */
  retrySchedule?: readonly number[]
  /** Time from the start of connecting to the end of the reply, in milliseconds of real time. @default the provider's limit */
  timeLimitMs?: number
  /** Does a retry carry a fresh timestamp, signed anew, or that of the first attempt? No provider says. @default 'fresh' */
  retryTimestamp?: 'fresh' | 'first'
  /** Does a retry carry a fresh nonce, or that of the first attempt? ADVANCE.AI does not say. @default 'fresh' */
  retryNonce?: 'fresh' | 'first'
  /** Time over which a body comes that has the mishap `slow-body`, in milliseconds of real time. @default half the time limit */
  slowBodyMs?: number
  /** Makes the nonces. @default random UUIDs */
  newNonce?: () => string
  /** Certificate authorities to trust for HTTPS, as PEM, in place of the well-known ones. */
  ca?: SecureContextOptions['ca']
  /** Connections to share, for tests of throughput. @default one connection for each attempt */
  agent?: Agent
  /** Current time, in milliseconds since the Unix epoch. @default Date.now */
  now?: () => number
  /** Waits between attempts; gets scaled milliseconds. Should reject when the signal aborts. @default a timer */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** The options, checked and complete. */
export interface Settings extends Required<Omit<SimulatorOptions, 'ca' | 'agent'>> {
  url: URL
  ca: SecureContextOptions['ca']
  agent: Agent | false
}

/** Fills in defaults. Throws a `TypeError` or a `RangeError` for an option that cannot be meant. */
export function settingsOf(
  options: SimulatorOptions,
  documented: { retrySchedule: readonly number[]; timeLimitMs: number },
): Settings {
  const { timeLimitMs = documented.timeLimitMs, retrySchedule = documented.retrySchedule } = options
  const { timeScale = 1, retryTimestamp = 'fresh', retryNonce = 'fresh', ca, agent = false } = options
  const { slowBodyMs = timeLimitMs / 2, newNonce = randomUUID } = options
  const { now = Date.now, sleep = (ms, signal) => delay(ms, undefined, { signal }) } = options
  const url = new URL(options.url)
  if (!/^https?:$/.test(url.protocol)) throw new TypeError('url: neither https: nor http:')
  if (url.username || url.password) throw new TypeError('url: a user or a password; providers send neither')
  requireAmount('timeScale', timeScale)
  requireAmount('timeLimitMs', timeLimitMs)
  requireAmount('slowBodyMs', slowBodyMs)
  for (const wait of retrySchedule) requireAmount('retrySchedule', wait)
  const retrying = { timeScale, retrySchedule, retryTimestamp, retryNonce }
  return { url, ...retrying, timeLimitMs, slowBodyMs, newNonce, ca, agent, now, sleep }
}

function requireAmount(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`${name}: ${value} is not a finite number of at least 0`)
  }
}
