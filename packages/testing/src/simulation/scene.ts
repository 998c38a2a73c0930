import type { Chance } from './chance.ts'
import type { Ledger } from './ledger.ts'
import type { Plan } from './plan.ts'
import type { Sabotage } from './sabotage.ts'

/** What all who take part in a schedule share. */
export interface Scene {
  readonly plan: Plan
  readonly chance: Chance
  readonly ledger: Ledger
  readonly sabotage: Sabotage
  /** Writes a line of the trace. */
  readonly tell: (what: string) => void
  /** How far all clocks are from virtual time, in milliseconds: nights pass without a simulation. */
  readonly wallOffMs: () => number
  readonly elapsedMs: () => number
  /** True when no more trouble is made. */
  readonly isCalm: boolean
}
