import { channel } from 'node:diagnostics_channel'
import { type DeliveryEnd, type DeliveryMessage, deliveryEnds, deliveryStarts } from './traced-delivery.ts'

/** The steps that are published, in the order of a delivery's way; `handle` once for each attempt. */
export const STEPS = [
  'admit',
  'read',
  'authenticate',
  'freshness',
  'parse',
  'identify',
  'record',
  'reply',
  'handle',
] as const
export type Step = (typeof STEPS)[number]

/** What subscribers of the channel `kyc-webhooks:<step>` get. Holds no content of a delivery. */
export interface StepMessage {
  receiver: string
  provider: string
  /** How long the step took, in milliseconds. */
  durationMs: number
  /** `ok`, an outcome of the inbox, or the code of a rejection; for `handle` also `retry`, `dead` and `released`. */
  outcome: string
}

/** What subscribers of the channel `kyc-webhooks:receiver` get when a receiver is made. */
export interface ReceiverMessage {
  receiver: string
  provider: string
}

/** What subscribers of the channel `kyc-webhooks:key` get, for each delivery that a secret was found for. */
export interface KeyMessage {
  receiver: string
  provider: string
  /** The secret's `id`, or its fingerprint. */
  key: string
  /** `old`: in force, but not the newest that is. `not-in-force`: the delivery was answered 503 for it. */
  state: 'newest' | 'old' | 'not-in-force'
}

/** What subscribers of the channel `kyc-webhooks:skew` get, when authentic deliveries tell a time of sending that is signed. */
export interface SkewMessage {
  receiver: string
  provider: string
  /** How far our clock is ahead of the provider's, the way here included, in milliseconds: a median. Negative: behind. */
  skewMs: number
}

const channels = Object.fromEntries(STEPS.map((step) => [step, channel(`kyc-webhooks:${step}`)])) as Record<
  Step,
  ReturnType<typeof channel>
>

/** Times the steps of one delivery and publishes them where somebody listens. */
export class Trace {
  readonly #receiver: string
  readonly #provider: string
  #step: Step = 'admit'
  #since: number = performance.now()
  readonly startedAt: number = this.#since
  /** Nobody to tell, or the way has ended. */
  #isSilent = !STEPS.some((step) => channels[step].hasSubscribers)
  readonly #message: DeliveryMessage | undefined

  constructor(receiver: string, provider: string, rawHeaders: readonly string[]) {
    this.#receiver = receiver
    this.#provider = provider
    this.#message = deliveryStarts(receiver, provider, rawHeaders)
  }

  /** Where a subscriber traces the delivery. */
  get traceparent(): string | undefined {
    return this.#message?.traceparent
  }

  /** Ends the step under way and begins the next. */
  next(step: Step, outcome = 'ok'): void {
    // The way goes on behind a reply that could not wait for it; its timings would mislead.
    if (this.#isSilent) return
    const now = performance.now()
    publish(this.#step, this.#receiver, this.#provider, now - this.#since, outcome)
    this.#step = step
    this.#since = now
  }

  /** Ends the step under way, and with it the delivery's way. */
  end(outcome: string, reply: Pick<DeliveryEnd, 'status' | 'quarantined'>): void {
    if (!this.#isSilent) {
      publish(this.#step, this.#receiver, this.#provider, performance.now() - this.#since, outcome)
    }
    this.#isSilent = true
    deliveryEnds(this.#message, { outcome, ...reply, durationMs: this.elapsedMs })
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAt
  }
}

const receivers = channel('kyc-webhooks:receiver')

export function publishReceiver(message: ReceiverMessage): void {
  if (receivers.hasSubscribers) receivers.publish(message)
}

const keyUses = channel('kyc-webhooks:key')

export function publishKeyUse(message: () => KeyMessage): void {
  if (keyUses.hasSubscribers) keyUses.publish(message())
}

const skews = channel('kyc-webhooks:skew')

export function publishSkew(message: SkewMessage): void {
  if (skews.hasSubscribers) skews.publish(message)
}

export function publish(
  step: Step,
  receiver: string,
  provider: string,
  durationMs: number,
  outcome: string,
): void {
  if (channels[step].hasSubscribers) {
    channels[step].publish({ receiver, provider, durationMs, outcome } satisfies StepMessage)
  }
}
