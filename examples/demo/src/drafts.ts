import {
  ADVANCE_AI_EVENT_TYPES,
  advanceAiEvents,
  type Draft,
  PRESS_EVENT_NAMES,
  pressEvents,
  UIP_EVENT_NAMES,
  uipEvents,
} from '@kyc-webhooks/simulator'

/** Events that a provider sends, by their names: the first is the one to take when none is named. */
export interface Drafts {
  names: readonly string[]
  /** Throws a `RangeError` for a name that is not among them. */
  of(name: string): Draft
}

/** What each provider sends, by the provider's name. The same seed gives the same ids. */
export function draftsOf(seed: number): Readonly<Record<string, Drafts>> {
  const [press, uip, advanceAi] = [pressEvents({ seed }), uipEvents({ seed }), advanceAiEvents({ seed })]
  return {
    press: drafts(PRESS_EVENT_NAMES, (name) => press.envelope({ [name]: 1 })),
    uip: drafts(UIP_EVENT_NAMES, (name) => uip.of(name)),
    'advance-ai': drafts(ADVANCE_AI_EVENT_TYPES, (type) => advanceAi.of(type)),
  }
}

function drafts<Name extends string>(names: readonly Name[], of: (name: Name) => Draft): Drafts {
  return {
    names,
    of(wanted) {
      const name = names.find((known) => known === wanted)
      if (name === undefined) throw new RangeError(`no event ${wanted}; there are ${names.join(', ')}`)
      return of(name)
    },
  }
}
