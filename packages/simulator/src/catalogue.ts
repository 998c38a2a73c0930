import { advanceAiDrafts } from './advance-ai/advance-ai-drafts.ts'
import { ADVANCE_AI_EVENT_TYPES, type AdvanceAiEventSeed } from './advance-ai/advance-ai-events.ts'
import {
  type AdvanceAiSignerOptions,
  type AdvanceAiSimulatorOptions,
  advanceAiSigner,
  advanceAiSimulator,
} from './advance-ai/advance-ai-simulator.ts'
import type { DraftSource } from './draft-source.ts'
import { COMMON_FLAWS, type Flaw, NONCE_FLAWS, TIMESTAMP_FLAWS } from './flaws.ts'
import type { EventSeed } from './inventor.ts'
import { pressDrafts } from './press/press-drafts.ts'
import {
  type PressSignerOptions,
  type PressSimulatorOptions,
  pressSigner,
  pressSimulator,
} from './press/press-simulator.ts'
import { PRESS_EVENT_NAMES } from './press/press-types.ts'
import type { Signer } from './signer.ts'
import type { Simulator } from './simulator.ts'
import { type UipDraftsOptions, uipDrafts } from './uip/uip-drafts.ts'
import { UIP_EVENT_NAMES } from './uip/uip-events.ts'
import {
  type UipSignerOptions,
  type UipSimulatorOptions,
  uipSigner,
  uipSimulator,
} from './uip/uip-simulator.ts'

/** What there is of one provider: the same members for each. */
export interface CatalogueEntry<Options, SigningOptions, DraftOptions> {
  /** Plays the provider towards a receiver. What the pages leave open has options of its own for each provider. */
  readonly simulate: (options: Options) => Simulator
  /** Signs as the provider does, and sends nothing. */
  readonly signer: (options: SigningOptions) => Signer
  /** Makes drafts by the names of event types. The same seed gives the same bytes. */
  readonly drafts: (options?: DraftOptions) => DraftSource
  /** What the provider sends: the names that `drafts().of` takes, unless options of `drafts` say otherwise. */
  readonly eventTypes: readonly string[]
  /** All that can be wrong with a delivery, under any options; `Simulator.flaws` says what can be under those given. */
  readonly flaws: readonly Flaw[]
}

/** The names of the providers that can be played. */
export type ProviderName = 'press' | 'uip' | 'advance-ai'

/**
 * Every provider by its name. A `ProviderName` that is known only at run time will do:
 *
 * ```ts
 * const { simulate, drafts } = simulators[provider]
 * await simulate({ url, secret }).deliver(drafts({ seed: 7 }).of(eventType))
 * ```
 */
export const simulators: {
  readonly press: CatalogueEntry<PressSimulatorOptions, PressSignerOptions, EventSeed>
  readonly uip: CatalogueEntry<UipSimulatorOptions, UipSignerOptions, UipDraftsOptions>
  readonly 'advance-ai': CatalogueEntry<AdvanceAiSimulatorOptions, AdvanceAiSignerOptions, AdvanceAiEventSeed>
} = {
  press: {
    simulate: pressSimulator,
    signer: pressSigner,
    drafts: pressDrafts,
    eventTypes: PRESS_EVENT_NAMES,
    flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS],
  },
  uip: {
    simulate: uipSimulator,
    signer: uipSigner,
    drafts: uipDrafts,
    eventTypes: UIP_EVENT_NAMES,
    flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS],
  },
  'advance-ai': {
    simulate: advanceAiSimulator,
    signer: advanceAiSigner,
    drafts: advanceAiDrafts,
    eventTypes: ADVANCE_AI_EVENT_TYPES,
    flaws: [...COMMON_FLAWS, ...TIMESTAMP_FLAWS, ...NONCE_FLAWS, 'unsigned'],
  },
}
