import { connectionsOf, ms, percent, whole } from '../report/numbers.ts'
import type { Experiment, Table } from '../report/section.ts'
import type { Compared } from '../run/bench.ts'

const RIVAL = 'fastify-sqlite'
const CONNECTIONS = [1, 64]

/** How long each step of a delivery's way takes, by what the receiver publishes on `node:diagnostics_channel`. */
export const steps: Experiment = {
  name: 'steps',
  title: 'Time for each step',
  async run(bench) {
    const sets: { connections: number; compared: Compared }[] = []
    for (const connections of bench.settings.quick ? [4] : CONNECTIONS) {
      const load = { loop: { kind: 'closed', connections } } as const
      const trial = { rival: RIVAL, load, server: { look: 'steps', handlers: 16 } } as const
      const [compared] = await bench.compare([{ label: `${RIVAL}, ${connectionsOf(connections)}`, trial }], 1)
      if (compared) sets.push({ connections, compared })
    }
    return {
      tables: sets.map(({ connections, compared }) => tableOf(connections, compared)),
      plots: [],
      targets: [],
      measured: sets.map(({ compared }) => compared),
    }
  },
}

function tableOf(connections: number, { rounds, label, p50Ms }: Compared): Table {
  const steps = rounds[0]?.used.steps ?? {}
  const delivery = Object.entries(steps).filter(([name]) => name !== 'handle')
  const all = delivery.reduce((sum, [, { ms }]) => sum + ms, 0)
  return {
    title: `${label}: p50 of the reply ${ms(p50Ms)}`,
    columns: ['step', 'mean', 'share of a delivery'],
    rows: Object.entries(steps).map(([name, { count, ms }]) => [
      name,
      `${whole((ms / count) * 1_000)} µs`,
      name === 'handle' ? 'after the reply' : percent(ms / all),
    ]),
    notes:
      connections > 1
        ? ['`read` and `record` wait: for bytes, for the commit, and for other deliveries.']
        : [],
  }
}
