import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ms } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import { spread } from '../run/statistics.ts'

const FRAMEWORKS = ['express', 'koa', 'fastify']
const ADAPTERS = FRAMEWORKS.map((name) => `@kyc-webhooks/${name}`)
const ROUNDS = 15
const script = fileURLToPath(new URL('../run/import.ts', import.meta.url))

/** How long an application waits for our import when it starts, each time in a process of its own. */
export const coldImport: Experiment = {
  name: 'import',
  title: 'Cold import',
  async run(bench) {
    const packages = [...ADAPTERS, ...FRAMEWORKS]
    const times = new Map<string, number[]>(packages.map((name) => [name, []]))
    const native = new Set<string>()
    for (let round = 0; round < bench.size(ROUNDS, 2); round++) {
      for (const name of packages) {
        const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, name])
        const { importMs, loaded } = JSON.parse(stdout)
        times.get(name)?.push(importMs)
        if (ADAPTERS.includes(name)) for (const library of loaded) native.add(library)
      }
    }
    const rows = [...times].map(([name, each]) => ({ name, ...spread(each) }))
    const ours = rows.filter(({ name }) => ADAPTERS.includes(name))
    const slowest = Math.max(...ours.map(({ median }) => median))
    const measured = ours.map(({ name, median }) => `\`${name}\` ${ms(median)}`).join(', ')
    const natives = native.size === 0 ? 'none' : [...native].join(', ')
    bench.say(`  ${measured}`)
    return {
      tables: [
        {
          title: 'Importing an adapter; for comparison, the framework itself',
          columns: ['package', 'median (range)'],
          rows: rows.map(({ name, median, min, max }) => [
            `\`${name}\``,
            `${ms(median)} (${ms(min)} to ${ms(max)})`,
          ]),
          notes: [
            `Native code that an adapter has loaded after an inbox was made and before it is opened: ${natives}.`,
          ],
        },
      ],
      plots: [],
      targets: [
        { name: 'import', measured, met: slowest < 60 },
        { name: 'native', measured: natives, met: native.size === 0 },
      ],
      measured: [],
    }
  },
}
