import type { Head } from './head.ts'
import type { Provider } from './provider.ts'
import { SkewMeter, type SkewMeterOptions } from './skew-meter.ts'
import type { Credentials } from './steps/credentials.ts'

/** Measures skew by the authentic deliveries of one provider, where their time of sending is signed. */
export class SentSkew {
  readonly #attemptHeader: string | undefined
  readonly #meter: SkewMeter | undefined

  constructor(provider: Provider, options: SkewMeterOptions) {
    this.#attemptHeader = provider.hints?.attempt
    this.#meter = provider.timestamp?.signed ? new SkewMeter(options) : undefined
  }

  /** A repetition may have the timestamp of its first attempt, hours ago. */
  measure(head: Head, { timestamp }: Credentials, receivedAt: number): void {
    const isRepetition = Number(head.hint(this.#attemptHeader)) > 1
    if (timestamp !== undefined && !isRepetition) this.#meter?.sent(timestamp, receivedAt)
  }
}
