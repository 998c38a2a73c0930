import { whole } from '../report/numbers.ts'
import type { Experiment, Table } from '../report/section.ts'
import type { Compared } from '../run/bench.ts'

/** What a delivery allocates on the main thread, and how often that is collected. */
export const allocations: Experiment = {
  name: 'allocations',
  title: 'Allocations of a delivery',
  async run(bench) {
    const rivals = ['node-hmac', 'fastify-hmac', 'fastify-memory', 'fastify-sqlite']
    const all = await bench.compare(
      rivals.map((rival) => ({ label: rival, trial: { rival, server: { look: 'heap' } } })),
      1,
    )
    return {
      tables: [
        {
          title: 'Main thread, 64 connections, sampled',
          columns: ['receiver', 'bytes a delivery', 'collections a second', 'of the time'],
          rows: all.map((each) => {
            const { load, used } = each.rounds[0] ?? {}
            const seconds = load?.seconds ?? Number.NaN
            return [
              each.label,
              whole(bytesOf(each)),
              whole((used?.collections ?? 0) / seconds),
              `${((used?.collectionMs ?? 0) / seconds / 10).toFixed(1)} %`,
            ]
          }),
        },
        ...all.slice(-1).map(largest),
      ],
      plots: [],
      targets: [],
      measured: all,
    }
  },
}

function bytesOf({ rounds }: Compared): number {
  const { used, load } = rounds[0] ?? {}
  const bytes = used?.allocated?.reduce((sum, { bytes }) => sum + bytes, 0) ?? Number.NaN
  return bytes / ((load?.accepted ?? 0) + (load?.refused ?? 0))
}

function largest({ label, rounds }: Compared): Table {
  const { used, load } = rounds[0] ?? {}
  return {
    title: `${label}: who allocates`,
    columns: ['function', 'bytes a delivery'],
    rows: (used?.allocated ?? []).map(({ where, bytes }) => [
      `\`${where}\``,
      whole(bytes / (load?.accepted ?? Number.NaN)),
    ]),
  }
}
