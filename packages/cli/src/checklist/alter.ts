import type { Draft, DraftSource } from '@kyc-webhooks/simulator'

type Value = ReturnType<typeof JSON.parse>

/** The draft with a change made in its JSON. Not for one with integers beyond 2^53 - 1. */
export function altered(draft: Draft, change: (value: Value) => Value): Draft {
  return withText(draft, JSON.stringify(change(JSON.parse(draft.body.toString()))))
}

/** Every object in it gets a member that no page documents. */
export function withUnknownFields(value: Value): Value {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, withUnknownFields(member)])
  return { ...Object.fromEntries(members), field_of_the_future: { deep: [1, null, 'new'] } }
}

/**
 * The same JSON, written otherwise than `JSON.stringify` writes it: with spaces and line breaks, and the first character of each
 * string escaped. Any program may write it so.
 */
export function restyled(draft: Draft): Draft {
  const text = draft.body
    .toString()
    .replaceAll(/"((?:[^"\\]|\\.)*)"|[{}[\],:]/g, (token, inner?: string) =>
      inner === undefined ? (SPACED[token] ?? token) : `"${escapedFirst(inner)}"`,
    )
  return withText(draft, `${text}\n`)
}

const SPACED: Readonly<Record<string, string>> = {
  '{': '{\n  ',
  '}': '\n}',
  '[': '[ ',
  ']': ' ]',
  ',': ',\n  ',
  ':': ' : ',
}

const escapedFirst = (text: string): string =>
  text.replace(
    /^[^\\\ud800-\udfff]/,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export const withText = (draft: Draft, text: string): Draft => ({ ...draft, body: Buffer.from(text) })

/** A delivery with this text where the provider has one that somebody else chose. */
export function saying(drafts: DraftSource, text: string): Draft {
  const [usual = ''] = drafts.eventTypes
  if (usual === 'identify') return drafts.of(usual, { name: text })
  if (usual === 'step.completed') return drafts.of(usual, { client_reference_id: text })
  if (usual === 'COMPLETED') return drafts.of('OCR_COMPLETED', { ocrResult: { fullName: text } })
  return drafts.of(usual, { event_id: text })
}
