import type { Section, Table } from './section.ts'

export function sectionMarkdown({ tables, plots }: Pick<Section, 'tables' | 'plots'>): string {
  const pictures = plots.map(({ title, file }) => `![${title}](${file})`)
  return [...tables.map(tableMarkdown), ...pictures].join('\n\n')
}

export function tableMarkdown({ title, columns, rows, notes = [] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `**${title}**`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
    ...notes.flatMap((note) => ['', note]),
  ].join('\n')
}
