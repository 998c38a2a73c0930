import type { Draft } from './draft.ts'
import type { Fields } from './json.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Makes drafts by the names of event types: the same calls for every provider. The same seed and calls give the same bytes. */
export interface DraftSource {
  /** The names that `of` takes, in the order of the provider's page. */
  readonly eventTypes: readonly string[]
  /** The forms in which events of a type come, the usual one first. Throws a `RangeError` for a type that it does not know. */
  variants(eventType: string): readonly string[]
  /**
   * One draft, with `fields` in its data.
   * @param variant one of `variants(eventType)`. @default the first of them
   * @throws `RangeError` for a type or a variant that it does not know; the message names those that it does.
   */
  of(eventType: string, fields?: Fields, variant?: string): Draft
  /** One draft of a type and in a variant picked at random; of the given type, if one is given. */
  sample(eventType?: string): Draft
  /** One draft of each type in each variant, in order. */
  each(): Draft[]
}

/** How to make a draft, by event type and variant. */
export type Recipes = Readonly<Record<string, Readonly<Record<string, (fields: Fields) => Draft>>>>

/** A source that follows recipes; `random` picks for `sample`. */
export function draftSource(recipes: Recipes, random: SeededRandom): DraftSource {
  const types = new Map(Object.entries(recipes).map(([type, variants]) => [type, Object.entries(variants)]))
  const eventTypes = [...types.keys()]

  function variantsOf(eventType: string) {
    return types.get(eventType) ?? unknown(`event type '${eventType}'`, eventTypes)
  }
  function variants(eventType: string): string[] {
    return variantsOf(eventType).map(([variant]) => variant)
  }
  function of(eventType: string, fields: Fields = {}, variant?: string): Draft {
    const known = variantsOf(eventType)
    const [, make] =
      known.find(([name]) => variant === undefined || name === variant) ??
      unknown(`variant '${variant}' of ${eventType}`, variants(eventType))
    return make(fields)
  }
  function sample(eventType: string = one(eventTypes)): Draft {
    return of(eventType, {}, one(variants(eventType)))
  }
  function one(names: readonly string[]): string {
    return names[random.int(0, names.length - 1)] ?? ''
  }
  return {
    eventTypes,
    variants,
    of,
    sample,
    each: () => eventTypes.flatMap((type) => variants(type).map((variant) => of(type, {}, variant))),
  }
}

function unknown(what: string, known: readonly string[]): never {
  throw new RangeError(`There is no ${what}; there are ${known.join(', ')}`)
}
