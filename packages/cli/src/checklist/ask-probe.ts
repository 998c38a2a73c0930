import { setTimeout as delay } from 'node:timers/promises'
import type { Counts, Probe } from './probe.ts'
import { NOTHING, type Trial } from './trial.ts'

/** Why a point is not shown. */
export const NO_PROBE = 'The replies do not show it: give --probe.'

/** How long the application may take to handle an event, in milliseconds. */
const HANDLED_WITHIN_MS = 10_000
const POLL_MS = 50

/** Resolves when it was handled, or should have been. */
export async function handled(probe: Probe, id: string): Promise<void> {
  const until = performance.now() + HANDLED_WITHIN_MS
  while ((await probe(id)).handled === 0 && performance.now() < until) await delay(POLL_MS)
}

/** Asks about one delivery, for the report too. */
export async function ask(
  trial: Trial,
  about: string,
  probe: Probe,
  id: string,
  wanted: string,
  holds: (counts: Counts) => boolean,
): Promise<Counts> {
  const from = performance.now()
  const counts = await probe(id)
  trial.note({
    ...{ ...NOTHING, sent: `the probe, ${about}`, method: 'GET', status: 200 },
    ...{ wanted, asWanted: holds(counts), durationMs: performance.now() - from },
    reply: `recorded ${times(counts.recorded)}, handled ${times(counts.handled)}`,
  })
  return counts
}

export const times = (count: number): string =>
  count === 1 ? 'once' : count === 0 ? 'not at all' : `${count} times`
