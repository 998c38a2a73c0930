import { statfs } from 'node:fs/promises'
import { comparedTable } from '../report/compared-table.ts'
import { ratio, whole } from '../report/numbers.ts'
import type { Experiment } from '../report/section.ts'
import type { Entry } from '../run/bench.ts'
import { BYTES_A_KEY, fillKeys } from '../run/fill-keys.ts'

/** What stored delivery ids cost: each new one is looked up among them and put between them. */
export const stored: Experiment = {
  name: 'stored',
  title: 'With stored delivery ids',
  async run(bench) {
    const { bavail, bsize } = await statfs(bench.settings.folder)
    const sizes = [0, bench.size(1_000_000, 1_000), bench.size(5_000_000, 5_000)]
    const [none, , most] = sizes.map(labelOf)
    const entries: Entry[] = []
    for (const size of sizes) {
      if (size * BYTES_A_KEY * 3 > bavail * bsize)
        throw new Error(`no room on the disk for ${whole(size)} keys`)
      const folder = await bench.folder('stored')
      bench.say(`  filling in ${labelOf(size)}`)
      await fillKeys(folder, size)
      entries.push({ label: labelOf(size), trial: { rival: 'fastify-sqlite', server: { folder } } })
    }
    const all = await bench.compare(entries)
    const of = (wanted: string | undefined) =>
      all.find(({ label }) => label === wanted)?.rate.median ?? Number.NaN
    const measured = of(most) / of(none)
    return {
      tables: [comparedTable('64 connections, Fastify, SQLite', all, String(none))],
      plots: [],
      targets: [{ name: 'stored', measured: ratio(measured), met: measured >= 0.7 }],
      measured: all,
    }
  },
}

const labelOf = (size: number): string => `${whole(size)} keys`
