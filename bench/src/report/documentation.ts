import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fill } from './fill.ts'
import { readTaken } from './taken.ts'

/** The page that shows the results. No number in it is typed by hand. */
export const PAGE: string = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url))
/** The way from it to the plots. */
export const PLOTS = '../bench/results/'

/** Puts the results of a folder into the page. */
export async function fillDocumentation(folder: string, names: readonly string[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8')
  await writeFile(PAGE, fill(page, await readTaken(folder, names), PLOTS))
}
