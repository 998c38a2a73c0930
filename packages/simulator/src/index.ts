/**
 * Plays the providers: signs, delivers over real HTTP, obeys the reply and sends again, as their pages say.
 *
 * Shares no code with `@kyc-webhooks/core`, on purpose: it is a second, independent implementation of the signatures, so
 * that a misreading of a provider's page in one of the two shows as a failing test, not as agreement.
 */

export type { Account } from './account.ts'
export {
  ADVANCE_AI_EVENT_TYPES,
  type AdvanceAiEventSeed,
  type AdvanceAiEvents,
  type AdvanceAiEventType,
  advanceAiEvents,
} from './advance-ai/advance-ai-events.ts'
export { type AdvanceAiSimulatorOptions, advanceAiSimulator } from './advance-ai/advance-ai-simulator.ts'
export { type Draft, jsonDraft, type PreparedDelivery } from './draft.ts'
export type { Flaw } from './flaws.ts'
export type { EventSeed } from './inventor.ts'
export type { Fields, Json, JsonObject } from './json.ts'
export type { PrepareOptions, SignOptions } from './prepare.ts'
export { type PressEvents, pressEvents } from './press/press-events.ts'
export { type PressSimulatorOptions, pressSimulator } from './press/press-simulator.ts'
export { PRESS_EVENT_NAMES, PRESS_TYPES, type PressEventName } from './press/press-types.ts'
export type { DeliveryAttempt, DeliveryReport } from './report.ts'
export type { HeaderNames, ProviderRules, Verdict } from './rules.ts'
export { createSimulator, type DeliverOptions, type SendOptions, type Simulator } from './simulator.ts'
export type { SimulatorOptions } from './simulator-options.ts'
export { UIP_EVENT_NAMES, type UipEventName, type UipEvents, uipEvents } from './uip/uip-events.ts'
export type { SessionEnd } from './uip/uip-session.ts'
export { type UipSimulatorOptions, uipSimulator } from './uip/uip-simulator.ts'
