import { percent } from '../report/numbers.ts'
import type { Experiment, Table } from '../report/section.ts'
import { readProfiles, type ThreadProfile } from '../run/cpu-profile.ts'

const SHOWN = 15
const RIVALS = ['node-hmac', 'fastify-sqlite']

/** Where the processor time goes, by function, on each thread. */
export const profile: Experiment = {
  name: 'profile',
  title: 'CPU profile',
  async run(bench) {
    const tables: Table[] = []
    for (const rival of RIVALS) {
      const folder = await bench.folder('profile')
      // In the environment, for the storage thread too: it takes no flags of its process.
      const env = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` }
      const { used } = await bench.measure(rival, { rival, process: { env }, endsItself: true })
      const threads = await readProfiles(folder, used.fromUs, used.toUs)
      tables.push(...threads.map((thread, index) => tableOf(rival, index, thread)))
    }
    return { tables, plots: [], targets: [], measured: [] }
  },
}

function tableOf(rival: string, index: number, { busy, places, functions }: ThreadProfile): Table {
  const thread = index === 0 ? 'main thread' : 'storage thread'
  return {
    title: `${rival}, ${thread}: ${percent(busy)} busy, 64 connections`,
    columns: ['function', 'self time, of the busy time'],
    rows: [
      ...places
        .filter(([, share]) => share >= 0.01)
        .map(([name, share]) => [`**\`${name}\`**`, percent(share)]),
      ...functions.slice(0, SHOWN).map(([name, share]) => [`\`${name}\``, `${(share * 100).toFixed(1)} %`]),
    ],
    notes: ['In bold: sums by where the code is from.'],
  }
}
