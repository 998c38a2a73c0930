import type { IncomingHttpHeaders } from 'node:http'
import { printable } from '@kyc-webhooks/core/engine'
import type { Concealer } from '../conceal.ts'

/** One thing that was sent, and what came back: for reports. Holds neither a secret nor the value of a header. */
export interface Exchange {
  /** In words. */
  readonly sent: string
  /** `POST`, `GET`, or `TLS` for a handshake alone. */
  readonly method: string
  readonly headerNames: readonly string[]
  readonly bodyBytes: number
  /** What should come back. `undefined`: it is not judged by itself. */
  readonly wanted: string | undefined
  readonly asWanted: boolean
  /** `undefined`: no reply. */
  readonly status: number | undefined
  /** The beginning of the reply's body in printable ASCII, or why there was no reply. */
  readonly reply: string
  readonly durationMs: number
}

/** What came back, as it came. */
export interface Reply {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Why there was none. */
  readonly reason: string | undefined
  readonly durationMs: number
}

/** What may come back. */
export interface Wanted {
  readonly words: string
  readonly holds: (reply: Reply) => boolean
}

const ofStatus = (words: string, holds: (status: number) => boolean): Wanted => ({
  words,
  holds: ({ status }) => status !== undefined && holds(status),
})

export const ACCEPTED: Wanted = ofStatus('2xx', (status) => status >= 200 && status <= 299)
export const REFUSED: Wanted = ofStatus('4xx', (status) => status >= 400 && status <= 499)
export const NOT_ACCEPTED: Wanted = ofStatus('anything but 2xx', (status) => status < 200 || status > 299)
/** One of these. */
export const oneOf = (...statuses: readonly number[]): Wanted =>
  ofStatus(statuses.join(' or '), (status) => statuses.includes(status))

/** As much of a reply as a report shows. */
const SHOWN_CHARACTERS = 200

/** Makes text from outside fit to be shown: its beginning, on one line, without what must not be seen and without control characters. */
export function showable(
  { conceal }: Pick<Concealer, 'conceal'>,
  maxLength = SHOWN_CHARACTERS,
): (text: string) => string {
  return (text) => {
    const line = conceal(text).replaceAll(/\s+/g, ' ').trim()
    return `${printable(line, maxLength)}${line.length > maxLength ? ' ...' : ''}`
  }
}

/** `401`, or why there is none. */
export const told = ({ status, reason }: Reply): string => String(status ?? `no reply (${reason})`)
