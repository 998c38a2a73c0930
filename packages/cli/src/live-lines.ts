import { clearScreenDown, moveCursor } from 'node:readline'

/** Lines on standard error that replace those before, if it is a terminal; elsewhere nothing. */
export interface LiveLines {
  show(lines: readonly string[]): void
}

export function liveLines(): LiveLines {
  const { stderr } = process
  let height = 0
  return {
    show(lines) {
      if (!stderr.isTTY) return
      // A terminal that is too low would scroll, and lines pile up.
      const shown = lines.slice(0, (stderr.rows || 24) - 1).map(fitting)
      moveCursor(stderr, 0, -height)
      clearScreenDown(stderr)
      stderr.write(shown.map((line) => `${line}\n`).join(''))
      height = shown.length
    },
  }
}

/** As much of a line as the terminal has room for. Some do not tell their size, and say 0. */
export const fitting = (line: string): string => line.slice(0, (process.stderr.columns || 80) - 1)
