/** The few elements that the plots are made of, as text. */

const COLOURS = ['#2f6fde', '#e8862e', '#2f9e77', '#8a63c9', '#c94f6d', '#5f6b7a', '#b59a1f', '#3aa0b8']
export const INK = '#1f2733'
export const FAINT = '#e3e7ee'
const GREY = '#5f6b7a'
const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"

export interface TextStyle {
  size?: number
  bold?: boolean
  anchor?: 'start' | 'middle' | 'end'
  colour?: string
  /** Degrees, around its own place. */
  turn?: number
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 12, bold = false, anchor = 'start', colour = GREY, turn } = style
  const weight = bold ? ' font-weight="600"' : ''
  const turned = turn === undefined ? '' : ` transform="rotate(${turn} ${at(x)} ${at(y)})"`
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}"${weight} text-anchor="${anchor}" fill="${colour}"${turned}>${escaped(content)}</text>`
}

export function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${fill}" rx="2"/>`
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, dash = ''): string {
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${colour}"${dashed}/>`
}

export function polyline(points: readonly (readonly [number, number])[], colour: string): string {
  const path = points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`
}

export function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="3" fill="${colour}"/>`
}

/** A drawing on a light ground, whatever the page around it. */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(24, 32, title, { size: 16, bold: true, colour: INK }),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** Names with their colours, from `x` on, in as many rows as they need. Returns the height too. */
export function legend(
  x: number,
  y: number,
  width: number,
  names: readonly string[],
): { parts: string[]; height: number } {
  const parts: string[] = []
  let [left, top] = [x, y]
  for (const [index, name] of names.entries()) {
    const needed = 34 + name.length * 6.6
    if (left > x && left + needed > x + width) [left, top] = [x, top + ROW]
    parts.push(rect(left, top - 10, 12, 12, colourOf(index)), text(left + 18, top, name, { colour: INK }))
    left += needed
  }
  return { parts, height: top - y + ROW }
}

const ROW = 20

export const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? INK

const at = (value: number): string => String(Math.round(value * 10) / 10)

/** Names come from tables, where code is between backticks. */
const escaped = (content: string): string =>
  content.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
