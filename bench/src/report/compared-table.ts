import type { Compared } from '../run/bench.ts'
import { median } from '../run/statistics.ts'
import { mib, ms, percent, ratio, spreadOf, whole } from './numbers.ts'
import type { Table } from './section.ts'

/** The usual table of a comparison. Ratios are those of medians, against the entry labelled `against`. */
export function comparedTable(
  title: string,
  all: readonly Compared[],
  against: string,
  notes: readonly string[] = [],
): Table {
  const base = all.find(({ label }) => label === against)
  const rows = all.map(({ label, rounds, rate, cpuUs, p50Ms, p99Ms }) => [
    label,
    spreadOf(rate),
    ratio(rate.median / (base?.rate.median ?? Number.NaN)),
    whole(cpuUs.median),
    ratio((base?.cpuUs.median ?? Number.NaN) / cpuUs.median),
    ms(p50Ms),
    ms(p99Ms),
    mib(median(rounds.map(({ used }) => used.rss))),
    percent(median(rounds.map(({ used }) => used.busy))),
    percent(median(rounds.map(({ load }) => load.busy))),
  ])
  return {
    title,
    columns: [
      'receiver',
      'accepted a second (range)',
      `ratio to ${against}`,
      'CPU µs a delivery',
      'ratio by CPU',
      'p50',
      'p99',
      'RSS',
      'event loop busy',
      'sender busy',
    ],
    rows,
    notes,
  }
}
