import { InvalidArgumentError } from '@commander-js/extra-typings'
import { UsageError } from './exit.ts'

/** What option values are made of. Each throws for a value that is not of its form; nothing falls back to a default. */
export const wholeNumber =
  (least = 0, most: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`
    throw new InvalidArgumentError(`Wanted: a whole number from ${least}${upTo}.`)
  }

/** For names: an empty variable in a script is not "all of them". */
export function someText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Wanted: not an empty text.')
  return text
}

export function decimal(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Wanted: a number from 0.')
  return Number(text)
}

export function aboveZero(text: string): number {
  const number = decimal(text)
  if (number === 0) throw new InvalidArgumentError('Wanted: a number above 0.')
  return number
}

/** Numbers of events or quarantined deliveries, for a variadic argument. */
export const seqs = (text: string, before: readonly number[] = []): readonly number[] => [
  ...before,
  wholeNumber(1)(text),
]

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90s`, `15m`, `12h`, `30d`: in milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  if (unit === undefined) throw new InvalidArgumentError('Wanted: for example 90s, 15m, 12h or 30d.')
  return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS]
}

/** The longest that a timer waits, in milliseconds: a longer one ends at once. */
const LONGEST_WAIT_MS = 2_147_483_647

/** For timers. */
export function wait(text: string): number {
  const ms = duration(text)
  if (ms > LONGEST_WAIT_MS) throw new InvalidArgumentError('Wanted: at most 24d.')
  return ms
}

/** An address to send to. A password in it would be seen by everybody who lists processes. */
export function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new InvalidArgumentError('Wanted: a URL with http: or https:.')
  if (url.password !== '')
    throw new UsageError('a URL with a password is not taken: everybody who lists processes sees it')
  return url
}

/** A point in time: RFC 3339, or `now`. In milliseconds since the epoch. */
export function pointInTime(text: string): number {
  const time = text === 'now' ? Date.now() : Date.parse(text)
  if (Number.isNaN(time)) throw new InvalidArgumentError('Wanted: for example 2026-03-30T12:45:00Z, or now.')
  return time
}
