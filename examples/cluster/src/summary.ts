import type { Account } from './account.ts'
import type { Screen } from './screen.ts'

/** The account in lines. */
export function summary(account: Account, { bold, zero }: Pick<Screen, 'bold' | 'zero'>): string[] {
  const { deliveries, sentTwice, attempts, failedAttempts, acknowledged, events, kills } = account
  const { handlerRunsRepeated, handledUnacknowledged, takeOver, lagMs } = account
  const failures = Object.entries(failedAttempts).map(([why, count]) => `${count} x ${why}`)
  return [
    ['Sent', `${deliveries} deliveries, ${sentTwice} of them twice, in ${attempts} attempts`],
    ['Not accepted', failures.length === 0 ? 'no attempt' : `attempts: ${failures.join(', ')}`],
    ['Acknowledged', `${acknowledged} deliveries with ${events} events`],
    ['Refused, given up', `${zero(account.refused)}, ${account.gaveUp}`],
    ['Slowest reply', `${account.slowestReplyMs.toFixed(0)} ms`],
    ['Kills', `${kills.receivers} of receivers, ${kills.workers} of workers`],
    ['Handled', `${account.handled} events; ${handledUnacknowledged} more, whose reply did not get through`],
    ['Handlers run again', `${handlerRunsRepeated} times`],
    ['Effects doubled', zero(account.effectsDoubled)],
    ['Lost', zero(account.lost)],
    ['Dead letters', zero(account.deadLetters)],
    [
      'Taken over',
      takeOver === null
        ? 'no kill met an event in hand'
        : `from ${takeOver.workers} killed workers; after ${inS(takeOver.medianMs)} (median), ${inS(takeOver.longestMs)} (longest)`,
    ],
    [
      'Received to handled',
      lagMs === null
        ? 'nothing was handled'
        : `${inS(lagMs.p50)} (half), ${inS(lagMs.p99)} (99 of 100), ${inS(lagMs.max)} (all)`,
    ],
  ].map(([name = '', text]) => `${bold(name.padEnd(19))}  ${text}`)
}

function inS(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
