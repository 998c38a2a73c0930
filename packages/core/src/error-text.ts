/** Code or name of an error. Its message may quote personal data and goes nowhere. */
export function errorName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const { code, name } = error as { code?: unknown; name?: unknown }
  const found = [code, name].find(
    (candidate) => typeof candidate === 'string' && /^[\w.-]{1,64}$/.test(candidate),
  )
  return typeof found === 'string' ? found : 'Error'
}

/** Where an error was thrown, without its message: up to five frames. */
export function errorFrames(error: unknown): string[] {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 5)
    .map((line) => line.trim())
}

/** Text from outside made fit for a log line: no control characters, no line breaks, at most 128 characters. */
export function printable(text: string): string {
  return text
    .slice(0, 128)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
