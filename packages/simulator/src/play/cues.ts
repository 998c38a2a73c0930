import type { Draft } from '../draft.ts'
import type { DraftSource } from '../draft-source.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Trouble } from './trouble.ts'

/** What a play does next. */
export interface Cue {
  readonly eventType: string
  readonly draft: Draft
  readonly trouble: Trouble | undefined
  /** Has to be accepted before the draft is delivered: what is in conflict with it, or whose nonce it is to reuse. */
  readonly first: Draft | undefined
}

/** What the cues of a play are made of. */
export interface Script {
  readonly seed: number
  readonly count: number
  /** Event types and how often each comes, in relation to the others. */
  readonly eventTypes: readonly Share<string>[]
  /** Troubles and the share of deliveries that each befalls. */
  readonly troubles: readonly Share<Trouble>[]
  /** How many others overtake what comes out of order, at most. */
  readonly overtakenBy: number
}

export type Share<Name> = readonly [name: Name, share: number]

/** The cues of a play, in order. The same script, with drafts from the same seed, gives the same cues. */
export function* cues(
  drafts: Pick<DraftSource, 'sample'>,
  { seed, count, eventTypes, troubles, overtakenBy }: Script,
): Generator<Cue, void> {
  // Drafts may well have the same seed; what they pick and what is picked here must not go together.
  const random = seededRandom(seed ^ 0x5bd1e995)
  const weight = eventTypes.reduce((sum, [, share]) => sum + share, 0)
  let heldBack: { cue: Cue; places: number }[] = []

  function pick<Name>(shares: readonly Share<Name>[], outOf: number): Name | undefined {
    let left = random.fraction() * outOf
    for (const [name, share] of shares) {
      left -= share
      if (left < 0) return name
    }
    return undefined
  }
  function next(): Cue {
    const eventType = pick(eventTypes, weight) ?? ''
    const trouble = pick(troubles, 1)
    const draft = drafts.sample(eventType)
    if (trouble === 'reused-nonce')
      return { eventType, trouble, first: draft, draft: drafts.sample(eventType) }
    return { eventType, trouble, first: trouble === 'conflict' ? draft : undefined, draft }
  }
  for (let made = 0; made < count; made++) {
    const cue = next()
    if (cue.trouble === 'out-of-order') {
      heldBack.push({ cue, places: random.int(1, overtakenBy) })
      continue
    }
    yield cue
    for (const held of heldBack) held.places -= 1
    yield* heldBack.filter(({ places }) => places === 0).map(({ cue }) => cue)
    heldBack = heldBack.filter(({ places }) => places > 0)
  }
  yield* heldBack.map(({ cue }) => cue)
}
