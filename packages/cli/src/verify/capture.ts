import { UsageError } from '../exit.ts'

/** A request as it arrived: nothing joined, nothing decoded. */
export interface Capture {
  /** Names and values alternating, as in Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  /** The exact bytes. */
  readonly body: Buffer
}

/**
 * Reads the text of an HTTP/1.1 message: request line (may be left out), header lines, a blank line, and from there to the
 * end the exact bytes of the body. Lines end in CRLF or LF.
 */
export function parseMessage(file: Buffer): Capture {
  const message = withoutMark(file)
  const end = endOfHead(message)
  if (end === undefined) throw new UsageError('the request has no blank line between headers and body')
  if (end.from > MAX_HEAD_BYTES)
    throw new UsageError(
      `the headers of the request are larger than ${MAX_HEAD_BYTES} bytes: no server takes them`,
    )
  const lines = message.toString('latin1', 0, end.from).split(/\r?\n/)
  const first = /^[A-Z]+ \S+ HTTP\/\d/.test(lines[0] ?? '') ? 1 : 0
  return { rawHeaders: parseHeaders(lines.slice(first)), body: message.subarray(end.to) }
}

/** Header lines, `Name: value`. Throws without quoting what it was given: it may be a secret that was pasted by mistake. */
export function parseHeaders(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw new UsageError(`header line ${index + 1} is not of the form \`Name: value\``)
    return [name, value]
  })
}

/** Four times what Node.js takes. */
const MAX_HEAD_BYTES = 65_536

/** Editors put a byte order mark before the first line. That of UTF-16 says that the body is no longer what came. */
export function withoutMark(file: Buffer): Buffer {
  const [first, second] = file
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new UsageError(
      'the capture was written as UTF-16 (by a redirection of PowerShell?): its bytes are not those that came',
    )
  return file.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? file.subarray(3) : file
}

/** Where the blank line begins and ends: the first one, however lines end. */
function endOfHead(message: Buffer): { from: number; to: number } | undefined {
  const found = ['\r\n\r\n', '\n\n']
    .map((blank) => ({ from: message.indexOf(blank), length: blank.length }))
    .filter(({ from }) => from >= 0)
    .sort((a, b) => a.from - b.from)[0]
  return found && { from: found.from, to: found.from + found.length }
}

/** The values of a header, in order. @param name in lower case */
export function valuesOf({ rawHeaders }: Pick<Capture, 'rawHeaders'>, name: string): string[] {
  return pairsOf(rawHeaders).flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []))
}

/** Names with their values. */
export function pairsOf(rawHeaders: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, pair) => [
    rawHeaders[2 * pair] ?? '',
    rawHeaders[2 * pair + 1] ?? '',
  ])
}
