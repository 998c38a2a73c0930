import type { Trace } from './diagnostics.ts'
import { Rejection } from './errors.ts'
import type { Outcome, Receipt } from './inbox/port.ts'
import type { Provider } from './provider.ts'
import type { DeliveryOnItsWay, Reporter } from './reporter.ts'
import type { Reply } from './request.ts'
import type { Settings } from './settings.ts'
import { acceptedReply, rejectionReply } from './steps/reply.ts'

/** A delivery whose outcomes are durable. */
export interface Recorded {
  receipts: readonly Receipt[]
  outcomes: readonly Outcome[]
}

/** Answers a delivery by what became of it, and has that reported. */
export class Replier {
  readonly #reporter: Reporter
  readonly #accepted: Reply
  readonly #random: () => number

  constructor(provider: Provider, reporter: Reporter, { random }: Pick<Settings, 'random'>) {
    this.#reporter = reporter
    this.#accepted = acceptedReply(provider.accepted)
    this.#random = random
  }

  recorded({ receipts, outcomes }: Recorded, delivery: DeliveryOnItsWay, trace: Trace): Reply {
    const reason = receipts.find((receipt) => receipt.quarantine !== undefined)?.quarantine
    // A known delivery is not kept again, unless it came with other bytes.
    const kept = outcomes.some((outcome) => outcome !== 'duplicate')
    if (reason !== undefined)
      return this.#refused(new Rejection(reason, delivery.unusable), delivery, trace, kept)
    if (outcomes.includes('nonce-reused'))
      return this.#refused(new Rejection('nonce-reused'), delivery, trace, true)
    const events = receipts.reduce((sum, receipt) => sum + receipt.events.length, 0)
    this.#reporter.accepted(delivery, outcomes, events, trace)
    return this.#accepted
  }

  /** @param error what was thrown on the way: a `Rejection`, or a defect */
  thrown(error: unknown, delivery: DeliveryOnItsWay, trace: Trace): Reply {
    if (error instanceof Rejection) return this.#refused(error, delivery, trace, false)
    this.#reporter.failed(error)
    return this.#refused(new Rejection('receiver-failed'), delivery, trace, false)
  }

  #refused(rejection: Rejection, delivery: DeliveryOnItsWay, trace: Trace, quarantined: boolean): Reply {
    const bodyUnread = !delivery.bodyRead && delivery.hasBody !== false
    const reply = rejectionReply(rejection.code, { bodyUnread, random: this.#random })
    this.#reporter.rejected(rejection, reply.status, delivery, quarantined, trace)
    return reply
  }
}
