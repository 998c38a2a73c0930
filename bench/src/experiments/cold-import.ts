import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ms } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import { spread } from '../run/statistics.ts'

const ADAPTERS = ['express', 'koa', 'fastify']
const ROUNDS = 15
const script = fileURLToPath(new URL('../run/import.ts', import.meta.url))

/** How long an application waits for our import when it starts, each time in a process of its own. */
export const coldImport: Experiment = {
  name: 'import',
  title: 'Cold import',
  async run(bench) {
    const times = new Map<string, number[]>(ADAPTERS.map((adapter) => [adapter, []]))
    const native = new Set<string>()
    for (let round = 0; round < bench.size(ROUNDS, 2); round++) {
      for (const adapter of ADAPTERS) {
        const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, adapter])
        const { importMs, loaded } = JSON.parse(stdout)
        times.get(adapter)?.push(importMs)
        for (const library of loaded) native.add(library)
      }
    }
    const all = [...times].map(([adapter, each]) => ({ adapter, ...spread(each) }))
    const slowest = Math.max(...all.map(({ median }) => median))
    bench.say(`  ${all.map(({ adapter, median }) => `${adapter} ${ms(median)}`).join(', ')}`)
    return {
      tables: [
        {
          title: 'Importing an adapter and making an inbox, before it is opened',
          columns: ['adapter', 'median (range)'],
          rows: all.map(({ adapter, median, min, max }) => [
            `\`@kyc-webhooks/${adapter}\``,
            `${ms(median)} (${ms(min)} to ${ms(max)})`,
          ]),
          notes: [native.size === 0 ? 'Nothing native is loaded.' : `Native: ${[...native].join(', ')}`],
        },
      ],
      plots: [],
      targets: [
        {
          name: 'import',
          measured: all.map(({ adapter, median }) => `${adapter} ${ms(median)}`).join(', '),
          met: slowest < 60,
        },
        {
          name: 'native',
          measured: native.size === 0 ? 'none' : [...native].join(', '),
          met: native.size === 0,
        },
      ],
      measured: [],
    }
  },
}
