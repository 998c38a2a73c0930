import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sectionMarkdown, tableMarkdown } from './markdown.ts'
import { svg } from './svg/svg.ts'
import { readTaken, type Taken } from './taken.ts'
import { takenLine } from './taken-line.ts'
import { targetsTable } from './targets-table.ts'

/** What is in the buckets of a histogram is in its percentiles too; the folder is gone. */
const LEFT_OUT = ['buckets', 'folder']

/** Writes one experiment's results and plots. */
export async function writeTaken(folder: string, taken: Taken): Promise<void> {
  const json = JSON.stringify(taken, (key, value) => (LEFT_OUT.includes(key) ? undefined : value), 1)
  await writeFile(join(folder, `${taken.name}.json`), `${json}\n`)
  for (const plot of taken.plots) await writeFile(join(folder, plot.file), svg(plot))
}

/** Writes what all experiments came to, of this run and earlier ones: every table, and the targets. */
export async function writeSummary(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const all = await readTaken(folder, names)
  const targets = tableMarkdown(targetsTable(all))
  await writeFile(join(folder, 'targets.md'), `# Targets\n\n${targets}\n`)
  const sections = all.map((taken) => `## ${taken.title}\n\n${takenLine(taken)}\n\n${sectionMarkdown(taken)}`)
  await writeFile(join(folder, 'README.md'), `# Results\n\n${[`${targets}`, ...sections].join('\n\n')}\n`)
}
