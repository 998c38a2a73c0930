import type { Flaw } from '../flaws.ts'
import type { Mishap } from '../mishaps.ts'

/**
 * What can be unusual about a delivery's place among others. Providers warn of all of it: at least once, in no order.
 *
 * - `duplicate-at-once`: the same body is delivered twice at the same time, each signed by itself.
 * - `duplicate-later`: ... twice, the second time when the first has come to an end.
 * - `out-of-order`: it is held back and delivered after some that were to follow it.
 */
export type Disturbance = 'duplicate-at-once' | 'duplicate-later' | 'out-of-order'

/** All of them; each can befall every provider's deliveries. */
export const DISTURBANCES: readonly Disturbance[] = ['duplicate-at-once', 'duplicate-later', 'out-of-order']

/** Anything that can be amiss: in a delivery, with it on its way, or with its place among others. */
export type Trouble = Flaw | Mishap | Disturbance
