import type { Spread } from '../run/statistics.ts'

/** Numbers as the tables show them. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en')
export const ratio = (value: number): string => value.toFixed(2)
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : whole(value)} ms`
export const mib = (bytes: number): string => `${whole(bytes / 2 ** 20)} MiB`
export const percent = (share: number): string => `${Math.round(share * 100)} %`
export const spreadOf = ({ median, min, max }: Spread): string =>
  `${whole(median)} (${whole(min)} to ${whole(max)})`
/** Of any size, in few characters: 12,345; 98.5; 0.07. */
export const short = (value: number): string =>
  value === 0 ? '0' : value >= 100 ? whole(value) : String(Number(value.toPrecision(2)))
export const connectionsOf = (count: number): string =>
  count === 1 ? '1 connection' : `${whole(count)} connections`
