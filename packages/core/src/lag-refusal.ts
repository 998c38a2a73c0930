import { Rejection } from './errors.ts'
import type { Inbox } from './inbox/inbox.ts'
import { TurnMeter } from './turn-meter.ts'
import type { Place } from './unverified.ts'

/** What would be answered too late is answered at once, before it costs anything: so the others are in time. */
export class LagRefusal {
  readonly #inbox: Pick<Inbox, 'waitMs'>
  readonly #budgetMs: number
  readonly #turns = new TurnMeter()

  constructor(inbox: Pick<Inbox, 'waitMs'>, budgetMs: number) {
    this.#inbox = inbox
    this.#budgetMs = budgetMs
  }

  /** To be called when a body is there. Throws the `Rejection` `inbox-behind`, its place given back. */
  check(place: Place): void {
    const lagMs = this.#turns.lagMs()
    if (this.#inbox.waitMs() + lagMs <= this.#budgetMs) return
    place.leave()
    throw new Rejection('inbox-behind')
  }
}
