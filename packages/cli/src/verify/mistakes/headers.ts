import { pairsOf, valuesOf } from '../capture.ts'
import type { Mistake, Undone } from '../mistake.ts'
import type { Suspect } from '../suspect.ts'

/** What happened to the headers on the way. */
export const HEADER_MISTAKES: readonly Mistake[] = [
  {
    name: 'header-renamed',
    explanation: 'A header arrived under another name.',
    mend: 'Have the proxy or gateway in front pass it on under its own name.',
    undone: (suspect) => {
      const missing = needed(suspect).filter((name) => valuesOf(suspect, name).length === 0)
      const renamed = missing.flatMap((name) =>
        pairsOf(suspect.rawHeaders).flatMap(([other]) => (isLike(other, name) ? [{ name, other }] : [])),
      )
      if (renamed.length === 0) return []
      const names = new Map(renamed.map(({ name, other }) => [other, name]))
      const pairs = pairsOf(suspect.rawHeaders)
      const rawHeaders = pairs.flatMap(([name, value]) => [names.get(name) ?? name, value])
      const how = renamed.map(({ name, other }) => `${name} as ${other}`).join(', ')
      return [{ suspect: { ...suspect, rawHeaders }, how }]
    },
  },
  {
    name: 'header-repeated',
    explanation: 'A header arrived twice, or as a list that a proxy made of two.',
    mend: 'Find what adds it: a receiver refuses what it would have to choose from.',
    undone: function* (suspect) {
      for (const name of needed(suspect)) yield* singled(suspect, name)
    },
  },
]

/** The headers that the signature depends on, in lower case. */
function needed({ provider: { signature, timestamp } }: Suspect): string[] {
  return timestamp === undefined ? [signature.header] : [signature.header, timestamp.header]
}

/** `HTTP_X_WEBHOOK_SIGNATURE`, `webhook-signature` and `x-original-x-webhook-signature` are like `x-webhook-signature`. */
function isLike(other: string, name: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const core = plain(name.replace(/^x-/, ''))
  return plain(other).endsWith(core) && other.toLowerCase() !== name
}

/** The suspect with each of the values alone. */
function* singled(suspect: Suspect, name: string): Generator<Undone> {
  const values = valuesOf(suspect, name).flatMap((value) => value.split(/\s*,\s*/))
  if (values.length < 2) return
  const others = pairsOf(suspect.rawHeaders).filter(([key]) => key.toLowerCase() !== name)
  for (const value of new Set(values))
    yield { suspect: { ...suspect, rawHeaders: [...others.flat(), name, value] }, how: name }
}
