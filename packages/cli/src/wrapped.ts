/** Narrower is not made: a word would stand on each line. */
const LEAST_WIDTH = 24

/** The text in lines of at most so many characters, broken between words; a word that is longer is broken inside. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(LEAST_WIDTH, width)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    for (; line.length > most; line = line.slice(most)) lines.push(line.slice(0, most))
  }
  return [...lines, line]
}

/** The width of standard output, if it is a terminal: elsewhere lines are as long as they are. */
export const outputWidth = (): number =>
  process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY
