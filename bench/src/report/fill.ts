import { sectionMarkdown, tableMarkdown } from './markdown.ts'
import type { Taken } from './taken.ts'
import { takenLine } from './taken-line.ts'
import { targetsTable } from './targets-table.ts'

const MARKED = /(<!-- results: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g
const NOT_YET = 'Not measured yet: `npm run bench` fills this in.'

/**
 * A page with what was measured between its marks, `<!-- results: throughput -->` and `<!-- end -->`; the same page when
 * nothing is new. `plots`: the way from the page to the folder of the plots.
 */
export function fill(page: string, all: readonly Taken[], plots: string): string {
  return page.replaceAll(MARKED, (_, begin: string, name: string, end: string) => {
    return `${begin}\n${contentOf(name, all, plots)}\n\n${end}`
  })
}

function contentOf(name: string, all: readonly Taken[], plots: string): string {
  if (all.length === 0) return NOT_YET
  if (name === 'targets') return tableMarkdown(targetsTable(all))
  const taken = all.find((each) => each.name === name)
  if (taken === undefined) return NOT_YET
  return `${sectionMarkdown(taken, plots)}\n\n${takenLine(taken)}`
}
