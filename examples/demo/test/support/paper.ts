import type { Screen } from '../../src/screen.ts'

/** A screen without colours that keeps what is written. */
export function createPaper(): Screen & { readonly text: string } {
  const lines: string[] = []
  return {
    line: (text = '') => void lines.push(text),
    note: (text) => void lines.push(text),
    passing() {},
    style: (_, text) => text,
    get text() {
      return lines.join('\n')
    },
  }
}
