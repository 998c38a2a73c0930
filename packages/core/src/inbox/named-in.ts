import { decodeJson } from '../json.ts'

/**
 * Does a body name this subject, in whatever place? As one of its values, text or number, however JSON writes it; in a body
 * that is not JSON, as a word.
 */
export function isNamedIn(body: Uint8Array, subject: string): boolean {
  const value = jsonOf(body)
  return value === undefined ? isWordIn(Buffer.from(body).toString('utf8'), subject) : isAmong(value, subject)
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return decodeJson(body)
  } catch {
    return undefined
  }
}

/** Not deep: `decodeJson` sees to that. */
function isAmong(value: unknown, subject: string): boolean {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).some((each) => isAmong(each, subject))
  return String(value) === subject
}

function isWordIn(text: string, subject: string): boolean {
  const isLetter = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char)
  for (let at = text.indexOf(subject); at !== -1; at = text.indexOf(subject, at + 1)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + subject.length])) return true
  }
  return false
}
