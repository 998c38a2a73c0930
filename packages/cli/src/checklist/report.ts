import type { ProviderName } from '../providers.ts'
import type { Exchange } from './exchange.ts'
import type { Group, Page, Status } from './point.ts'

/** What a run of the checklist found: plain data, without a secret. */
export interface Report {
  readonly provider: ProviderName
  /** Without what stands after `?`: it may be a token. */
  readonly url: string
  /** When it was begun, RFC 3339. */
  readonly at: string
  /** Of this program. */
  readonly version: string
  readonly durationMs: number
  /** `fail` when a point fails, else `pass`. */
  readonly verdict: 'pass' | 'fail'
  readonly counts: Readonly<Record<Status, number>>
  readonly points: readonly Finding[]
}

/** What was found about one point. */
export interface Finding {
  readonly id: string
  readonly group: Group
  readonly title: string
  readonly page: Page
  readonly status: Status
  readonly reason: string
  readonly why: string
  readonly mend: string
  readonly durationMs: number
  readonly exchanges: readonly Exchange[]
}

/** As people read it. */
export const PROVIDER_NAMES: Readonly<Record<ProviderName, string>> = {
  press: 'PRESS',
  uip: 'UIP',
  'advance-ai': 'ADVANCE.AI',
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  pass: 'pass',
  warn: 'warning',
  fail: 'fail',
  'not-shown': 'not shown',
}

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  address: 'The address',
  signature: 'What is genuine',
  replies: 'The replies',
  events: 'The events',
  processing: 'What is done with them',
}

/** `2 of 19 points fail`, for the top of a report. */
export function headline({ counts, points }: Report): string {
  const { fail, warn, 'not-shown': hidden } = counts
  const rest = [
    ...(warn > 0 ? [`${warn} with a warning`] : []),
    ...(hidden > 0 ? [`${hidden} not shown`] : []),
  ].join(', ')
  const all = points.length
  const [are, holds] = [
    fail === 1 ? 'fails' : 'fail',
    counts.pass === all ? 'All points pass' : 'No point fails',
  ]
  return `${fail > 0 ? `${fail} of ${all} points ${are}` : holds}${rest === '' ? '' : ` (${rest})`}`
}
