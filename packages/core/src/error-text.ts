/** Code or name of an error. Its message may quote personal data and goes nowhere. */
export function errorName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  const readable = error as { code?: unknown; name?: unknown }
  const texts = [textFrom(() => readable.code), textFrom(() => readable.name)]
  return texts.find((text) => /^[\w.-]{1,64}$/.test(text)) ?? 'Error'
}

/** Where an error was thrown, without its message: up to five frames. */
export function errorFrames(error: unknown): string[] {
  return textFrom(() => (error instanceof Error ? error.stack : undefined))
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 5)
    .map((line) => line.trim())
}

/** Anything can be thrown, also what throws when it is looked at. */
function textFrom(look: () => unknown): string {
  try {
    const text = look()
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}

/** Text that may come from outside made fit for a log line: no control characters, no line breaks, not endless. */
export function printable(text: string, maxLength = 128): string {
  return text
    .slice(0, maxLength)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
