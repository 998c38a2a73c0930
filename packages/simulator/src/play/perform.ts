import type { Draft } from '../draft.ts'
import { FLAWS, type Flaw } from '../flaws.ts'
import { MISHAPS, type Mishap } from '../mishaps.ts'
import type { DeliveryReport } from '../report.ts'
import type { DeliverOptions } from '../simulator.ts'
import type { Cue } from './cues.ts'
import type { Trouble } from './trouble.ts'

/** Delivers a draft, which a trouble may befall. Resolves when it has come to an end. */
export type Deliver = (
  draft: Draft,
  trouble?: Trouble,
  options?: Pick<DeliverOptions, 'flaw' | 'mishap' | 'retrySchedule'>,
) => Promise<DeliveryReport>

/** Delivers what a cue says, once or twice, with its trouble. */
export async function perform({ draft, trouble, first }: Cue, deliver: Deliver): Promise<void> {
  if (isOneOf(FLAWS, trouble)) {
    // What is in conflict with nothing, or has no nonce to reuse, has no such flaw.
    if (first !== undefined && (await deliver(first)).outcome !== 'accepted') return
    await deliver(draft, trouble, { flaw: trouble, retrySchedule: [] })
  } else if (isOneOf(MISHAPS, trouble)) {
    await deliver(draft, trouble, { mishap: trouble })
  } else if (trouble === 'duplicate-at-once') {
    await Promise.all([deliver(draft), deliver(draft, trouble)])
  } else if (trouble === 'duplicate-later') {
    await deliver(draft)
    await deliver(draft, trouble)
  } else {
    await deliver(draft, trouble)
  }
}

function isOneOf<Name extends Flaw | Mishap>(
  names: readonly Name[],
  trouble: Trouble | undefined,
): trouble is Name {
  return names.some((name) => name === trouble)
}
