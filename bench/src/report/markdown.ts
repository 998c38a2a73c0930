import type { Section, Table } from './section.ts'

/** `folder`: the way to the plots. */
export function sectionMarkdown(
  { tables, plots }: Pick<Section, 'tables' | 'plots'>,
  folder: string = '',
): string {
  const pictures = plots.map(({ title, file }) => `![${title}](${folder}${file})`)
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
