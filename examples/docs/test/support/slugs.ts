import type { Document } from './documents.ts'

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Document): ReadonlySet<string> {
  const headings = withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)
  return new Set([...headings].map(([, heading = '']) => slug(heading)))
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

export function withoutFences(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, '')
}
