/** Code or name of an error. Its message may quote personal data and goes nowhere. */
export function errorName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  return [read(error, 'code'), read(error, 'name')].find((text) => /^[\w.-]{1,64}$/.test(text)) ?? 'Error'
}

/** Where an error was thrown, without its message: up to five frames. */
export function errorFrames(error: unknown): string[] {
  return read(error, 'stack')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 5)
    .map((line) => line.trim())
}

/** Anything can be thrown, also what throws when it is looked at. */
function read(error: unknown, property: 'code' | 'name' | 'stack'): string {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[property]
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/** Text from outside made fit for a log line: no control characters, no line breaks, at most 128 characters. */
export function printable(text: string): string {
  return text
    .slice(0, 128)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
