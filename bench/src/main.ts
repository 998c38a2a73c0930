import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { experiments } from './experiments/index.ts'
import { fillDocumentation } from './report/documentation.ts'
import { sectionMarkdown } from './report/markdown.ts'
import { TARGETS } from './report/targets.ts'
import { writeSummary, writeTaken } from './report/write-results.ts'
import { Bench } from './run/bench.ts'
import { machine, machineLine } from './run/machine.ts'

// Everything that is measured over HTTP and within: `main.ts --only throughput,floor --rounds 5 --seconds 4`.

const RESULTS = fileURLToPath(new URL('../results', import.meta.url))
const { values } = parseArgs({
  options: {
    /** Names of experiments, with commas between. */
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    /** Seconds before each measurement, which do not count. */
    warmup: { type: 'string' },
    /** Where the results go. Those in the default place are filled into the documentation. */
    out: { type: 'string', default: RESULTS },
    /** Where servers keep their files: on the disk that is to be measured. */
    folder: { type: 'string', default: tmpdir() },
    /** Over how many deliveries RSS is watched. */
    deliveries: { type: 'string', default: '200000' },
    /** All small, within two minutes: to see that it runs. */
    quick: { type: 'boolean', default: false },
  },
})
const { quick } = values
const folder = await mkdtemp(join(resolve(values.folder), 'kyc-bench-'))
// Some of its files are large. The other processes end with this one.
process.once('SIGINT', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(130)
})
const settings = {
  rounds: Number(values.rounds ?? (quick ? 1 : 3)),
  seconds: Number(values.seconds ?? (quick ? 0.3 : 2)),
  warmup: Number(values.warmup ?? (quick ? 0.1 : 3)),
  mostPerSecond: quick ? 20_000 : 30_000,
  deliveries: Number(values.deliveries),
  folder,
  quick,
}
const only = values.only?.split(',')
const chosen = experiments.filter(({ name }) => only?.includes(name) ?? true)
const unknown = only?.filter((name) => !experiments.some((each) => each.name === name)) ?? []
if (unknown.length > 0) throw new Error(`no experiment ${unknown}: ${experiments.map(({ name }) => name)}`)

try {
  const on = machine(folder)
  say(machineLine(on))
  await mkdir(values.out, { recursive: true })
  const bench = new Bench(settings, say)
  for (const { name, title, run } of chosen) {
    say(`\n${name}: ${title}`)
    const startedAt = performance.now()
    const section = await run(bench)
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    const takenAt = new Date().toISOString()
    await writeTaken(values.out, { name, title, takenAt, machine: on, settings, seconds, ...section })
    say(`\n${sectionMarkdown(section)}`)
    for (const { name, measured, met } of section.targets) {
      const { what, wanted } = TARGETS[name]
      say(`${met ? 'met    ' : 'NOT MET'}  ${what}: ${measured} (${wanted})`)
    }
    say(`${name} took ${seconds} s`)
  }
  const names = experiments.map(({ name }) => name)
  await writeSummary(values.out, names)
  if (values.out === RESULTS && !quick) await fillDocumentation(RESULTS, names)
} finally {
  await rm(folder, { recursive: true, force: true })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
