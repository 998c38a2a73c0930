import type { Document } from './documents.ts'

/** A code fence of a document. */
export interface Fence {
  readonly document: string
  /** Line of the document that its code begins on, counted from 1. */
  readonly line: number
  readonly language: string
  /** With a line break at its end. */
  readonly code: string
  /** Lines of a comment before the fence, which readers do not see: what a fragment takes for granted. */
  readonly given: readonly string[]
  /** From a comment `<!-- file: path -->` before the fence: the file that the code is a copy of. */
  readonly file: string | undefined
}

/**
 * The fences of a document. Throws for one that would escape: indented, made of tildes, unnamed, or not closed.
 */
export function fencesOf({ path, text }: Document): Fence[] {
  const lines = text.split('\n')
  const fences: Fence[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (/^(\s+```|\s*~~~)/.test(line))
      throw new Error(`${path}:${i + 1}: a fence begins its line, with \`\`\``)
    if (!line.startsWith('```')) continue
    const language = line.slice('```'.length)
    if (language === '') throw new Error(`${path}:${i + 1}: the fence names no language`)
    const end = lines.indexOf('```', i + 1)
    if (end < 0) throw new Error(`${path}:${i + 1}: the fence is not closed`)
    const comment = commentBefore(lines, i)
    const file = /^<!-- file: (\S+) -->$/.exec(comment.join('\n'))?.[1]
    fences.push({
      document: path,
      line: i + 2,
      language,
      code: `${lines.slice(i + 1, end).join('\n')}\n`,
      given: file === undefined ? comment.slice(1, -1) : [],
      file,
    })
    i = end
  }
  return fences
}

/** The comment that ends on the line before. */
function commentBefore(lines: readonly string[], index: number): readonly string[] {
  if (!lines[index - 1]?.endsWith('-->')) return []
  const start = lines.findLastIndex((line, i) => i < index && line.startsWith('<!--'))
  return lines.slice(start, index)
}

/** The fence as a module in which everything stands on the same line as in the document. */
export function moduleOf({ line, code, given }: Fence): string {
  // Before the code: the end of the comment and the opening of the fence.
  const blank = line - 1 - given.length - 2
  const before = given.length === 0 ? '\n'.repeat(line - 1) : `${'\n'.repeat(blank)}${given.join('\n')}\n\n\n`
  return before + code
}
