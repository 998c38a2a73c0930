import { createSigner, type Signer, type SignerOptions } from '../signer.ts'
import { createSimulator, type Simulator } from '../simulator.ts'
import type { SimulatorOptions } from '../simulator-options.ts'
import { type PressSigning, pressRules } from './press-rules.ts'

export interface PressSignerOptions extends SignerOptions, PressSigning {}

export interface PressSimulatorOptions extends SimulatorOptions, PressSigning {
  /**
   * Send again after a status that the page has no retry rule for: 3xx, and 4xx other than 400, 401 and 403. It calls a
   * redirect a failure, but says "retried" of 5xx and time-outs only. @default false
   */
  retryUnlisted?: boolean
}

/**
 * Plays PRESS (UAE KYC, ICP): signature verification and network flow pages. 500 ms to answer, six attempts over
 * 7 h 21 min, TLS 1.3 only; 400, 401 and 403 are final.
 */
export function pressSimulator(options: PressSimulatorOptions): Simulator {
  const { retryUnlisted = false } = options
  return createSimulator(pressRules(options, retryUnlisted), options)
}

/** Signs as PRESS does, and sends nothing. */
export function pressSigner(options: PressSignerOptions): Signer {
  return createSigner(pressRules(options, false), options)
}
