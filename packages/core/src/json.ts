import { KycWebhookError } from './errors.ts'
import { Unusable } from './provider.ts'

/** How `decodeJson` reads. */
export interface JsonOptions {
  /**
   * Levels of arrays and objects. Keep it in the hundreds at most: `JSON.stringify`, `structuredClone` and
   * whatever else walks the value later recurse, and overflow the stack on what `JSON.parse` still accepts.
   * @default 64
   */
  maxDepth?: number
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads JSON (RFC 8259) from bytes, exactly or not at all.
 *
 * - Invalid UTF-8 is refused, never replaced by U+FFFD. A byte order mark is skipped (section 8.1).
 * - An integer beyond `Number.MAX_SAFE_INTEGER`, either way, arrives as the string of its digits, and a number
 *   that would overflow to `Infinity` as its text. Fractions are rounded as everywhere in JavaScript.
 * - Of a repeated key the last one counts. `__proto__` is an own property like any other.
 *
 * @throws {Unusable} `body-not-json` or `body-too-deep`. The reason never quotes the input, as V8's messages do.
 */
export function decodeJson(bytes: Uint8Array, { maxDepth = 64 }: JsonOptions = {}): unknown {
  const text = decodeUtf8(bytes)
  if (isDeeperThan(text, maxDepth)) {
    throw new Unusable(`the JSON is nested deeper than ${maxDepth} levels`, 'body-too-deep')
  }
  return mayLosePrecision(text) ? parse(text, exactNumbers()) : parse(text)
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Unusable('the body is not valid UTF-8', 'body-not-json')
  }
}

function parse(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch {
    throw new Unusable('the body is not valid JSON', 'body-not-json')
  }
}

/**
 * Whether arrays and objects nest deeper than `maxDepth`. One pass, no recursion, and no verdict on text that is
 * not JSON: up to the first syntax error it sees what `JSON.parse` sees, and behind it `JSON.parse` never gets.
 */
export function isDeeperThan(text: string, maxDepth: number): boolean {
  if (!hasMoreOpenings(text, maxDepth)) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') {
      inString = true
    } else if (char === '[' || char === '{') {
      if (++depth > maxDepth) return true
    } else if (char === ']' || char === '}') {
      depth--
    }
  }
  return false
}

/** What opens so seldom cannot nest so deep; and searching is faster than looking at each character. */
function hasMoreOpenings(text: string, most: number): boolean {
  let count = 0
  for (const opening of ['[', '{']) {
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) {
      if (++count > most) return true
    }
  }
  return false
}

/**
 * Whether a number of the text may be one that a double cannot hold. `Number.MAX_SAFE_INTEGER` has 16 digits; with
 * fewer in a row only an exponent of three digits overflows. May also hit strings, which costs time and nothing else.
 */
export function mayLosePrecision(text: string): boolean {
  return /\d{16}|\d[eE]\+?\d{3,}(?=[\s,\]}]|$)/.test(text)
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown

/** ECMAScript 2026, "JSON.parse source text access": in Node.js since version 21. */
const reviverGetsSource = JSON.parse('1', ((_key, _value, context) => context?.source) as Reviver) === '1'

function exactNumbers(): Reviver {
  // Without the source text the digits would be altered silently.
  if (!reviverGetsSource)
    throw new KycWebhookError('node-too-old', 'JSON.parse does not give the source text')
  return (_key, value, context) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    const source = context?.source ?? ''
    return /^-?\d+$/.test(source) || !Number.isFinite(value) ? source : value
  }
}
