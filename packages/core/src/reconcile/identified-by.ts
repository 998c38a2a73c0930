import { defineProvider } from '../define-provider.ts'
import type { KycEvent } from '../event.ts'
import { type Normalised, type Provider, Unusable } from '../provider.ts'

/**
 * The same provider, whose deliveries are de-duplicated by what they say and not by their own ids, where `factOf` names it:
 * then a delivery and a polled result that say the same are one. Give it to the receiver and to `reconcile`.
 *
 * Of two events with one fact only the first is handled, so name all that may differ: the status and the time of a change
 * as well. A second *delivery* is a `delivery-conflict`, kept in quarantine; a second result, or a delivery after a result,
 * is a duplicate. `undefined` leaves an event with its delivery's id, and so do deliveries with several events.
 */
export function identifiedBy<E extends KycEvent>(
  provider: Provider<E>,
  factOf: (event: E) => string | undefined,
): Provider<E> {
  const identified = (part: Normalised<E>): Normalised<E> => {
    const [event, ...others] = part.events
    const fact = event === undefined || others.length > 0 ? undefined : nameOf(factOf, event)
    return fact === undefined ? part : { ...part, id: `fact:${fact}`, fact: true }
  }
  // The unsigned id of a delivery is none of a fact's: compared, they would always differ.
  const { id: _, ...hints } = provider.hints ?? {}
  return defineProvider({
    ...provider,
    ...(provider.hints === undefined ? {} : { hints }),
    normalise(delivery) {
      const normalised = provider.normalise(delivery)
      return isParts(normalised) ? normalised.map(identified) : identified(normalised)
    },
  })
}

/** A function that fails must cost no delivery: quarantine keeps it, to be redriven when the function is mended. */
function nameOf<E extends KycEvent>(factOf: (event: E) => string | undefined, event: E): string | undefined {
  try {
    const fact: unknown = factOf(event)
    if (fact === undefined || (typeof fact === 'string' && fact !== '')) return fact
  } catch {
    // Its message may quote the event.
  }
  throw new Unusable('the function given to identifiedBy() failed, or gave no text')
}

const isParts = <E extends KycEvent>(
  value: Normalised<E> | readonly Normalised<E>[],
): value is readonly Normalised<E>[] => Array.isArray(value)
