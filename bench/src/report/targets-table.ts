import type { Table } from './section.ts'
import type { Taken } from './taken.ts'
import { TARGETS } from './targets.ts'

/** Each target, and what the last run that measured it came to. */
export function targetsTable(all: readonly Taken[]): Table {
  const measured = all.flatMap(({ targets, name, takenAt }) =>
    targets.map((each) => ({ ...each, by: name, takenAt })),
  )
  const rows = Object.entries(TARGETS).map(([name, { what, wanted }]) => {
    const target = measured.find((each) => each.name === name)
    if (target === undefined) return [what, wanted, 'NOT RUN', '', '']
    return [what, wanted, target.measured, target.met ? 'met' : '**not met**', `\`${target.by}\``]
  })
  return { title: 'Targets', columns: ['what', 'target', 'measured', 'met', 'by'], rows }
}
