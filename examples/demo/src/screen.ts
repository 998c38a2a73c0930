import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Where the demo writes. Colours, and lines that are written over, only on a terminal; `NO_COLOR` is respected. */
export interface Screen {
  line(text?: string): void
  /** A line beside the matter. */
  note(text: string): void
  /** A line that the next one replaces. Not shown where lines cannot be replaced. */
  passing(text: string): void
  style(format: Format, text: string): string
}

export function createScreen(stream: NodeJS.WriteStream): Screen {
  const clear = stream.isTTY ? '\r\x1b[2K' : ''
  const style = (format: Format, text: string) => styleText(format, text, { stream })
  return {
    line: (text = '') => void stream.write(`${clear}${text}\n`),
    note: (text) => void stream.write(`${clear}${style('dim', `  ${text}`)}\n`),
    passing: (text) => void (stream.isTTY && stream.write(`${clear}${text}`)),
    style,
  }
}
