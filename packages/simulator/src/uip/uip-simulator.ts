import { createSigner, type Signer, type SignerOptions } from '../signer.ts'
import { createSimulator, type Simulator } from '../simulator.ts'
import type { SimulatorOptions } from '../simulator-options.ts'
import { type UipSigning, uipRules } from './uip-rules.ts'

export interface UipSignerOptions extends SignerOptions, UipSigning {}

export interface UipSimulatorOptions extends SimulatorOptions, UipSigning {}

/**
 * Plays UIP (uip.digital): webhooks page; with the scheme `timestamped`, the session API, whose schedule is not documented
 * and taken to be the same. Only 200 is a success; everything else is sent again: at once, after 5 s, 30 s, 2 min and 10 min.
 * No time limit is documented: ten seconds is assumed.
 */
export function uipSimulator(options: UipSimulatorOptions): Simulator {
  return createSimulator(uipRules(options), options)
}

/** Signs as UIP does, and sends nothing. */
export function uipSigner(options: UipSignerOptions): Signer {
  return createSigner(uipRules(options), options)
}
