import { comparedTable } from '../report/compared-table.ts'
import { connectionsOf, ratio } from '../report/numbers.ts'
import type { Experiment, Target } from '../report/section.ts'
import type { Compared } from '../run/bench.ts'

const CONNECTIONS = [1, 16, 64, 256]
const CEILING = 'node-hmac'
const HAND_WRITTEN = 'express-insert'
const OURS = 'fastify-sqlite'
const RIVALS = [CEILING, HAND_WRITTEN, OURS]

/** Durable acknowledgements between the ceiling and what people write by hand, at each number of connections. */
export const throughput: Experiment = {
  name: 'throughput',
  title: 'Durable acknowledgements a second, closed loop',
  async run(bench) {
    const at = bench.settings.quick ? [4] : CONNECTIONS
    const sets: { connections: number; all: Compared[] }[] = []
    for (const connections of at) {
      bench.say(` ${connectionsOf(connections)}`)
      const load = { loop: { kind: 'closed', connections } } as const
      const all = await bench.compare(RIVALS.map((rival) => ({ label: rival, trial: { rival, load } })))
      sets.push({ connections, all })
    }
    return {
      tables: sets.map(({ connections, all }) => comparedTable(connectionsOf(connections), all, CEILING)),
      plots: [
        {
          kind: 'bars',
          file: 'throughput.svg',
          title: 'Accepted a second, by connections',
          unit: 'deliveries a second',
          series: RIVALS,
          groups: sets.map(({ connections, all }) => ({
            label: connectionsOf(connections),
            bars: all.map(({ label, rate }) => ({
              series: label,
              value: rate.median,
              min: rate.min,
              max: rate.max,
            })),
          })),
        },
      ],
      targets: targets(sets.find(({ connections }) => connections === 64)?.all ?? sets[0]?.all ?? []),
      measured: sets.flatMap(({ connections, all }) =>
        all.map((each) => ({ ...each, label: `${each.label}, ${connectionsOf(connections)}` })),
      ),
    }
  },
}

function targets(all: readonly Compared[]): Target[] {
  const rate = (label: string) => all.find((each) => each.label === label)?.rate.median ?? Number.NaN
  const toCeiling = rate(OURS) / rate(CEILING)
  const toHandWritten = rate(OURS) / rate(HAND_WRITTEN)
  return [
    { name: 'to-ceiling', measured: ratio(toCeiling), met: toCeiling >= 0.6 },
    { name: 'to-insert', measured: ratio(toHandWritten), met: toHandWritten >= 8 },
  ]
}
