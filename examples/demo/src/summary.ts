import type { InboxStats } from '@kyc-webhooks/core'
import type { Screen } from './screen.ts'
import { inMs } from './table.ts'
import type { Tally } from './tally.ts'

/** The lines under the table. */
export function summary(tally: Tally, stats: InboxStats, { style }: Pick<Screen, 'style'>): string[] {
  const { deliveries, attempts, accepted, refused, slowestMs } = tally
  const good = (count: number) => style(count === 0 ? 'green' : 'red', `${count}`)
  const { done, waiting, running, dead, quarantined } = stats
  return [
    [
      'Sent',
      `${deliveries} deliveries in ${attempts} attempts; slowest reply ${inMs(slowestMs)} ms (PRESS waits 500)`,
    ],
    ['Accepted', `${sum(accepted)}: ${list(accepted)}`],
    ['Refused', `${sum(refused)}: ${list(refused)}`],
    ['Handled', `${tally.handled} events of ${tally.acknowledged} acknowledged`],
    ['Handled twice', `${tally.handledTwice}`],
    ['Handled but refused', good(tally.unacknowledged)],
    ['Lost', good(tally.lost)],
    ['In the inbox', `${list({ done, waiting, running, dead })}; ${quarantined} deliveries in quarantine`],
  ].map(([name = '', text]) => `  ${style('bold', name.padEnd(19))}  ${text}`)
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
