import { eventIds, type Providers } from '@kyc-webhooks/example-harness'
import {
  ADVANCE_AI_EVENT_TYPES,
  advanceAiEvents,
  type Draft,
  PRESS_EVENT_NAMES,
  pressEvents,
  type Simulator,
  uipEvents,
} from '@kyc-webhooks/simulator'
import { pick, type Random } from './random.ts'

/** What a provider has to tell. */
export interface Told {
  simulator: Simulator
  draft: Draft
  /** Ids of its events. No other draft has one of them. */
  ids: readonly string[]
}

/** UIP's `test` has no id: it is another event each time, under one name. */
const UIP_NAMES = ['identify', 'sign', 'message'] as const

/** Gives what the three providers tell, in no order. Half of it is from PRESS, with several events in a delivery. */
export function drafts({ press, uip, advanceAi }: Providers, seed: number, random: Random): () => Told {
  const [fromPress, fromUip, fromAdvanceAi] = [
    pressEvents({ seed }),
    uipEvents({ seed }),
    advanceAiEvents({ seed }),
  ]
  const records = () => ({ [pick(PRESS_EVENT_NAMES, random)]: pick([1, 2, 3], random) })
  const makers: (() => [Simulator, Draft])[] = [
    () => [press, fromPress.envelope(records())],
    () => [press, fromPress.structured(pick(PRESS_EVENT_NAMES, random))],
    () => [uip, fromUip.of(pick(UIP_NAMES, random))],
    () => [advanceAi, fromAdvanceAi.of(pick(ADVANCE_AI_EVENT_TYPES, random))],
  ]
  const used = new Set<string>()
  return function next(): Told {
    const [simulator, draft] = pick(makers, random)()
    const ids = eventIds(draft)
    // Record ids of PRESS are invented from nine digits: among many, two may be the same.
    if (ids.some((id) => used.has(id))) return next()
    for (const id of ids) used.add(id)
    return { simulator, draft, ids }
  }
}
