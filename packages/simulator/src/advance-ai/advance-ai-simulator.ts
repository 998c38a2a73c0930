import { createSigner, type Signer, type SignerOptions } from '../signer.ts'
import { createSimulator, type Simulator } from '../simulator.ts'
import type { SimulatorOptions } from '../simulator-options.ts'
import { type AdvanceAiSigning, advanceAiRules } from './advance-ai-rules.ts'

export interface AdvanceAiSignerOptions extends SignerOptions, AdvanceAiSigning {}

export interface AdvanceAiSimulatorOptions extends SimulatorOptions, AdvanceAiSigning {}

/**
 * Plays ADVANCE.AI (ACMP): webhook page. 60 s to answer, any 2xx is a success, everything else is sent again after 5, 10
 * and 20 s. Timestamp and nonce are outside the signature.
 */
export function advanceAiSimulator(options: AdvanceAiSimulatorOptions): Simulator {
  return createSimulator(advanceAiRules(options), options)
}

/** Signs as ADVANCE.AI does, and sends nothing. */
export function advanceAiSigner(options: AdvanceAiSignerOptions): Signer {
  return createSigner(advanceAiRules(options), options)
}
