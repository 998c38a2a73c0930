import type { RefusalCode } from './errors.ts'

/**
 * A normalised event: a valid CloudEvents 1.0 event, whatever form the provider sent.
 * `JSON.stringify(event)` is the structured-mode JSON format of the CloudEvents specification.
 */
export interface KycEvent<Provider extends string = string, Type extends string = string, Data = unknown> {
  specversion: '1.0'
  /** Identifies the event; the same in every repetition. Unique with `source`. */
  id: string
  /** Where it came from: a URI reference. */
  source: string
  /** The provider's own name for what happened. */
  type: Type
  /** The entity it is about: `uaekyc_id`, `uip_id`, `signatureId`, ... Absent when the event names none. */
  subject?: string
  /** When it happened, RFC 3339. Absent when the provider does not say. */
  time?: string
  datacontenttype: 'application/json'
  data: Data
  /** Which provider sent it: a CloudEvents extension attribute. */
  provider: Provider
}

/**
 * The type of an event that the provider's pages do not list. Any string at run time, and assignable to `string`; an
 * ambient enum, because nothing else lets `switch (event.type)` narrow the listed types and leave this one to `default`.
 * To handle such a type by name, use `on: { 'its.name': handler }` or compare `String(event.type)`.
 */
export type UnknownType = NotListed.anyString

declare enum NotListed {
  anyString = 'any string',
}

/** Runs for one event. It is called again, later, when it throws or takes too long; the event is settled when it resolves. */
export type Handler<E extends KycEvent = KycEvent> = (event: E, context: HandlerContext) => unknown

/**
 * Handlers by event type. A type that is not named here goes to `onEvent`. Listed types give the handler their event;
 * every other string is accepted too, for types that the provider's pages do not list.
 *
 * A conditional type, because only of these the compiler knows `E` before it looks at the handlers in a call.
 */
export type HandlerMap<E extends KycEvent = KycEvent> = [E] extends [KycEvent]
  ? { [T in ListedType<E>]?: Handler<EventOfType<E, T>> } & { [type: string]: UnlistedHandler<E> | undefined }
  : never

type ListedType<E extends KycEvent> = E extends { type: infer T } ? Listed<T> : never
type Listed<T> = T extends UnknownType ? never : T extends string ? (string extends T ? never : T) : never
type EventOfType<E extends KycEvent, T> = E extends { type: infer U } ? (T extends U ? E : never) : never
type UnlistedEvent<E extends KycEvent> = E extends { type: infer T; data: infer D }
  ? UnknownType extends T
    ? KycEvent<E['provider'], string, D>
    : never
  : never
// A method's type, because only methods accept handlers of the listed types beside it.
type UnlistedHandler<E extends KycEvent> = {
  method(event: UnlistedEvent<E>, context: HandlerContext): unknown
}['method']

/** What a handler may know beside the event. */
export interface HandlerContext {
  /** Aborted when the attempt ran out of time or the receiver is closing: pass it on to `fetch` and the like. */
  signal: AbortSignal
  /** Which attempt this is, counted from 1; attempts that a crash cut off count too. */
  attempt: number
  /** The delivery that brought the event. */
  delivery: DeliveryContext
  /** Attributes of the event that came from headers outside the signature. Empty for most deliveries. */
  unsigned: readonly string[]
  /**
   * With `transactional`: what is written through it commits together with the event's settlement, or not at all. It ends
   * with the handler; the transaction is not the handler's to end. A statement that failed fails the attempt.
   */
  client?: TransactionClient
}

/** The part of a database client that a handler needs; with `@kyc-webhooks/postgres` a connection of `pg`, without the rest of it. */
export interface TransactionClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>
}

/** The delivery that brought an event. */
export interface DeliveryContext {
  /** The de-duplication id, from signed bytes. Absent when the provider gives none. */
  id?: string
  /** When it reached us, RFC 3339. */
  receivedAt: string
  /** Id of the secret that verified it; a fingerprint where the secret was given no id. Absent for what was polled. */
  verifiedBy?: string
  /** How old its timestamp was when it reached us, in milliseconds; below 0 when it lay ahead. Absent when the provider sends none. */
  ageMs?: number
  /** What the receiver made of it: `accepted`, or why it went to quarantine. What the inbox found besides is a quarantined delivery's `reason`. Absent for what was polled. */
  verdict?: 'accepted' | RefusalCode
  /** True when `reconcile` asked for it: then TLS and your API key vouch for it, not a signature. Absent for what was delivered. */
  polled?: true
  /** The provider's attempt number, if it sends one. Outside the signature. */
  attempt?: number
  /** The provider's subscription or webhook id, if it sends one. Outside the signature unless it is in the body. */
  subscriptionId?: string
  /** Where we traced its receipt, as W3C Trace Context. Absent when nothing traces. */
  traceparent?: string
}
