import { style } from './output.ts'

/** Lines of columns as wide as their widest cell. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [style('bold', line(heads)), ...rows.map(line)]
}

/** Lines of a name and what it is. What is `undefined` is left out. */
export function fields(values: Readonly<Record<string, unknown>>): string[] {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  const width = Math.max(...given.map(([name]) => name.length))
  return given.map(([name, value]) => `${style('bold', name.padEnd(width))}  ${value}`)
}
