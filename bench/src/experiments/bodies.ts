import { comparedTable } from '../report/compared-table.ts'
import type { Experiment } from '../report/section.ts'
import type { Compared } from '../run/bench.ts'

const KIB = [0.5, 8, 64, 512]
/** Few: with many, the large ones alone would fill the time that a reply may take. */
const CONNECTIONS = 8
const CEILING = 'node-hmac'

/** Larger bodies: hashing, parsing and writing them takes the time. */
export const bodies: Experiment = {
  name: 'bodies',
  title: 'Bodies of 0.5 to 512 KB',
  async run(bench) {
    const sets: { kib: number; all: Compared[] }[] = []
    for (const kib of bench.settings.quick ? [64] : KIB) {
      bench.say(` ${kib} KB`)
      const load = { bodyBytes: kib * 1_024, loop: { kind: 'closed', connections: CONNECTIONS } } as const
      const rivals = [CEILING, 'express-insert', 'fastify-sqlite']
      const entries = rivals.map((rival) => ({ label: rival, trial: { rival, load } }))
      sets.push({ kib, all: await bench.compare(entries, Math.min(2, bench.settings.rounds)) })
    }
    return {
      tables: sets.map(({ kib, all }) =>
        comparedTable(`${kib} KB, ${CONNECTIONS} connections`, all, CEILING),
      ),
      plots: [
        {
          kind: 'bars',
          file: 'bodies.svg',
          title: 'Accepted a second against HMAC alone, by size of the body',
          unit: 'ratio to node-hmac',
          series: ['express-insert', 'fastify-sqlite'],
          groups: sets.map(({ kib, all }) => ({
            label: `${kib} KB`,
            bars: all
              .filter(({ label }) => label !== CEILING)
              .map(({ label, rate }) => ({
                series: label,
                value: rate.median / (all[0]?.rate.median ?? Number.NaN),
              })),
          })),
        },
      ],
      targets: [],
      measured: sets.flatMap(({ kib, all }) =>
        all.map((each) => ({ ...each, label: `${each.label}, ${kib} KB` })),
      ),
    }
  },
}
