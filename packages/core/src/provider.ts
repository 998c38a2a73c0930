import type { KycEvent } from './event.ts'

/**
 * Everything that is particular to one provider, as data and pure functions. The receiver does the rest.
 * Make one with `defineProvider`, which checks it.
 */
export interface Provider<E extends KycEvent = KycEvent> {
  /** Lower-case letters, digits and hyphens. Names the default path `/webhooks/<name>`. */
  readonly name: string
  readonly signature: SignatureScheme
  /** How the time of sending is told. Leave out when the provider sends none. */
  readonly timestamp?: TimestampScheme
  /** How a one-time number is sent. Leave out when the provider sends none. */
  readonly nonce?: NonceScheme
  /** Headers outside the signature that are worth keeping as context; they decide nothing. */
  readonly hints?: HintHeaders
  /** Further headers that `normalise` reads, kept with the delivery. Names in lower case; `content-type` is always kept. */
  readonly keepHeaders?: readonly string[]
  /** The provider's time limit less a margin, in milliseconds. A later answer is a 503. */
  readonly budgetMs: number
  /** How long a delivery id is remembered, in milliseconds. Never less than the whole retry schedule. */
  readonly rememberMs: number
  /** The reply to a delivery that is safe, new or repeated. */
  readonly accepted: AcceptedReply
  /** What the provider's pages say of polling beside its deliveries, for `reconcile`. @default no least interval, and results whose ids are those of deliveries */
  readonly polling?: PollingScheme
  /**
   * Turns an authentic delivery into events. Pure: called again when a quarantined delivery is driven again.
   * Throws `Unusable` for a body that cannot become events. Several parts (a batch) are de-duplicated each on its own.
   */
  readonly normalise: (delivery: AuthenticDelivery) => Normalised<E> | readonly Normalised<E>[]
}

/** How deliveries are signed. One HMAC, compared in constant time. */
export interface SignatureScheme {
  /** Name of the header, lower case. */
  readonly header: string
  readonly algorithm: 'sha256' | 'sha512'
  readonly encoding: 'hex' | 'base64'
  /** The HMAC key that a secret stands for. Throws a `KycWebhookError` for one of the wrong form. */
  readonly key: (secret: string) => Uint8Array
  /** The signed bytes, in pieces, in order. */
  readonly signedContent: (delivery: SignedParts) => readonly (string | Uint8Array)[]
  /** The signatures in one header value. @default the value itself is the only one */
  readonly candidates?: (headerValue: string) => readonly string[]
  /** For the log, when there is no signature at all: what the likely cause is. */
  readonly missingHint?: string
}

/** What the signed bytes can be made of. */
export interface SignedParts {
  readonly body: Uint8Array
  /** Value of a header that was sent exactly once; throws a `Rejection` when it is missing. Name in lower case. */
  readonly header: (name: string) => string
}

export interface TimestampScheme {
  /** Name of the header, lower case; its value is Unix seconds. */
  readonly header: string
  /** Where they are in the header's value, if there is more in it; `''` when they are not there. @default the value itself */
  readonly seconds?: (headerValue: string) => string
  /** How far it may be from now, either way, in milliseconds. */
  readonly toleranceMs: number
  /** True: it is among the signed bytes, so that it tells how far the clocks are apart. @default false */
  readonly signed?: boolean
}

export interface NonceScheme {
  /** Name of the header, lower case. */
  readonly header: string
  /** True: refuse a repeated nonce even when it comes with the delivery that used it. */
  readonly strict: boolean
}

/** Names, in lower case, of unsigned headers. */
export interface HintHeaders {
  readonly id?: string
  readonly type?: string
  readonly attempt?: string
  readonly subscription?: string
}

/** How a provider's results may be polled for. */
export interface PollingScheme {
  /** The least time between two polls, in milliseconds. @default 1_000 */
  readonly minEveryMs?: number
  /** False: its results carry nothing that a delivery is identified by, so each must be identified by what it says (`identifiedBy`). @default true */
  readonly sharesIds?: boolean
}

export interface AcceptedReply {
  readonly status: 200
  readonly contentType: string
  readonly body: string
}

/** An authentic delivery, as `normalise` sees it. */
export interface AuthenticDelivery {
  /** The exact bytes. */
  readonly body: Uint8Array
  /** The body as JSON: integers beyond 2^53 - 1 are strings of their digits. Throws `Unusable` when it is not JSON. */
  readonly json: () => unknown
  /** A kept header, `undefined` when it was not sent. Outside the signature. Name in lower case. */
  readonly header: (name: string) => string | undefined
  /** The time of sending, RFC 3339, when the provider tells one. */
  readonly sentAt: string | undefined
}

/** What a delivery comes to. */
export interface Normalised<E extends KycEvent = KycEvent> {
  /**
   * What de-duplication goes by, from signed bytes. `undefined`: the delivery has no identity and is never de-duplicated.
   */
  readonly id: string | undefined
  /** True when the id names what happened, not one telling of it: set by `identifiedBy`. @default false */
  readonly fact?: boolean
  readonly events: readonly E[]
  /** What tells a duplicate from a conflict, for a part of a batch. @default the exact bytes of the body */
  readonly content?: string
  /** Attributes of the events that came from headers outside the signature. @default none */
  readonly unsigned?: readonly string[]
  /** The provider's subscription or webhook id, when the signed body has it. */
  readonly subscriptionId?: string
}

/** Thrown by `normalise`: the delivery is authentic, but cannot become events. It goes to quarantine. */
export class Unusable {
  readonly code: 'body-not-json' | 'body-too-deep' | 'body-unusable'
  /** What is wrong, in words of ours: never a value of the body. */
  readonly reason: string

  constructor(reason: string, code: Unusable['code'] = 'body-unusable') {
    this.reason = reason
    this.code = code
  }
}
