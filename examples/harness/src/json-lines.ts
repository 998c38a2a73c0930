import { readFileSync } from 'node:fs'

/** The values of a file with one JSON value a line; none when there is no such file. A last line that is not ended is not there yet. */
export function readJsonLines<T>(file: string): T[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as T)
}
