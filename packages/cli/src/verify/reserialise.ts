/** A text with the same values. */
export interface Reserialisation {
  readonly text: string
  /** Who writes so. */
  readonly how: string
}

/** How a program writes JSON. */
interface Style {
  readonly how: string
  /** Between items, and between a name and its value. */
  readonly comma: string
  readonly colon: string
  /** Of one level; with it, items stand on lines of their own. */
  readonly indent?: string
  /** What of a string, written as `JSON.stringify` does, is escaped beside. */
  readonly escape: (text: string) => string
}

/** A number as it was written: reading it would lose digits. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const escaped = (text: string, which: RegExp): string =>
  text.replaceAll(which, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const asTheyAre = (text: string): string => text
const toAscii = (text: string): string => escaped(text, /[\u007f-\uffff]/g)
const forHtml = (text: string): string => escaped(text, /[<>&\u2028\u2029]/g)
const forPhp = (text: string): string => toAscii(text).replaceAll('/', '\\/')

const compact = { comma: ',', colon: ':' }
const spaced = { comma: ', ', colon: ': ' }
const STYLES: readonly Style[] = [
  { how: 'as JSON.stringify writes it', ...compact, escape: asTheyAre },
  { how: "as Python's json.dumps writes it", ...spaced, escape: toAscii },
  { how: "as Python's json.dumps writes it with ensure_ascii=False", ...spaced, escape: asTheyAre },
  { how: 'compact, beyond ASCII escaped', ...compact, escape: toAscii },
  { how: "as PHP's json_encode writes it", ...compact, escape: forPhp },
  { how: "as Go's encoding/json writes it", ...compact, escape: forHtml },
  { how: 'indented by 2 spaces', comma: ',', colon: ': ', indent: '  ', escape: asTheyAre },
  { how: 'indented by 4 spaces', comma: ',', colon: ': ', indent: '    ', escape: asTheyAre },
  { how: 'indented by tabs', comma: ',', colon: ': ', indent: '\t', escape: asTheyAre },
]

/** What was made before: a body is asked for again with each other mistake. */
const made = new WeakMap<Buffer, readonly Reserialisation[]>()

/** The same JSON as other programs write it, with keys in their order and sorted. Nothing for what is not JSON. */
export function reserialisations(body: Buffer): readonly Reserialisation[] {
  const texts = made.get(body) ?? make(body)
  made.set(body, texts)
  return texts
}

function make(body: Buffer): Reserialisation[] {
  const values = readings(body.toString('utf8'))
  const texts = values.flatMap((value) =>
    [false, true].flatMap((sorted) =>
      STYLES.map((style) => ({
        text: write(value, style, sorted, ''),
        how: sorted ? `${style.how}, keys sorted` : style.how,
      })),
    ),
  )
  return [...new Map(texts.toReversed().map((each) => [each.text, each])).values()].toReversed()
}

/** The value with numbers as written, and with numbers as JavaScript reads them. */
function readings(text: string): unknown[] {
  try {
    const exact = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value,
    )
    return [exact, JSON.parse(text)]
  } catch {
    return []
  }
}

function write(value: unknown, style: Style, sorted: boolean, margin: string): string {
  if (value instanceof Digits) return value.text
  if (typeof value === 'string') return style.escape(JSON.stringify(value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = margin + (style.indent ?? '')
  const item = (each: unknown) => write(each, style, sorted, inner)
  if (Array.isArray(value)) return wrapped('[', value.map(item), ']', style, margin)
  const names = sorted ? Object.keys(value).sort() : Object.keys(value)
  const members = names.map(
    (name) => item(name) + style.colon + item((value as Record<string, unknown>)[name]),
  )
  return wrapped('{', members, '}', style, margin)
}

function wrapped(
  open: string,
  items: readonly string[],
  close: string,
  style: Style,
  margin: string,
): string {
  if (style.indent === undefined || items.length === 0) return open + items.join(style.comma) + close
  const inner = `\n${margin}${style.indent}`
  return `${open}${inner}${items.join(style.comma + inner)}\n${margin}${close}`
}
