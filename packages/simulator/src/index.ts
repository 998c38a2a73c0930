/**
 * Plays the providers: signs, delivers over real HTTP, obeys the reply and sends again, as their pages say.
 *
 * Shares no code with `@kyc-webhooks/core`, on purpose: it is a second, independent implementation of the signatures, so
 * that a misreading of a provider's page in one of the two shows as a failing test, not as agreement.
 */

export type { Account } from './account.ts'
export { advanceAiDrafts } from './advance-ai/advance-ai-drafts.ts'
export {
  ADVANCE_AI_EVENT_TYPES,
  type AdvanceAiEventSeed,
  type AdvanceAiEvents,
  type AdvanceAiEventType,
  advanceAiEvents,
} from './advance-ai/advance-ai-events.ts'
export {
  type AdvanceAiSignerOptions,
  type AdvanceAiSimulatorOptions,
  advanceAiSigner,
  advanceAiSimulator,
} from './advance-ai/advance-ai-simulator.ts'
export { type CatalogueEntry, type ProviderName, simulators } from './catalogue.ts'
export { type Draft, jsonDraft, type PreparedDelivery } from './draft.ts'
export type { DraftSource } from './draft-source.ts'
export { FLAWS, type Flaw } from './flaws.ts'
export type { EventSeed } from './inventor.ts'
export type { Fields, Json, JsonObject } from './json.ts'
export { type Latencies, type LatencyBucket, LatencyHistogram } from './latency-histogram.ts'
export { MISHAPS, type Mishap } from './mishaps.ts'
export { play } from './play/play.ts'
export type { PlayOptions } from './play/play-options.ts'
export type { PlayReport, TroubleCounts } from './play/play-report.ts'
export { DISTURBANCES, type Disturbance, type Trouble } from './play/trouble.ts'
export type { PrepareOptions, SignOptions } from './prepare.ts'
export { pressDrafts } from './press/press-drafts.ts'
export { type PressEvents, pressEvents } from './press/press-events.ts'
export {
  type PressSignerOptions,
  type PressSimulatorOptions,
  pressSigner,
  pressSimulator,
} from './press/press-simulator.ts'
export { PRESS_EVENT_NAMES, PRESS_TYPES, type PressEventName } from './press/press-types.ts'
export type { DeliveryAttempt, DeliveryReport } from './report.ts'
export type { HeaderNames, ProviderRules, Verdict } from './rules.ts'
export { createSigner, type Signer, type SignerOptions } from './signer.ts'
export { createSimulator, type DeliverOptions, type SendOptions, type Simulator } from './simulator.ts'
export type { SimulatorOptions } from './simulator-options.ts'
export { type UipDraftsOptions, uipDrafts } from './uip/uip-drafts.ts'
export { UIP_EVENT_NAMES, type UipEventName, type UipEvents, uipEvents } from './uip/uip-events.ts'
export type { SessionEnd } from './uip/uip-session.ts'
export {
  type UipSignerOptions,
  type UipSimulatorOptions,
  uipSigner,
  uipSimulator,
} from './uip/uip-simulator.ts'
