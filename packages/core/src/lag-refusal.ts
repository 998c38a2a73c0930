import { Rejection } from './errors.ts'
import type { Inbox } from './inbox/inbox.ts'
import { TurnMeter } from './turn-meter.ts'
import type { Place } from './unverified.ts'

/** Under overload, so many deliveries of one turn of the event loop are taken. */
const MOST_OF_A_TURN = 128

/** What would be answered too late is answered at once, before it costs anything: so the others are in time. */
export class LagRefusal {
  readonly #inbox: Pick<Inbox, 'waitMs'>
  readonly #budgetMs: number
  readonly #turns = new TurnMeter()
  #isOverloaded = false

  constructor(inbox: Pick<Inbox, 'waitMs'>, budgetMs: number) {
    this.#inbox = inbox
    this.#budgetMs = budgetMs
  }

  /** To be called when a body is there. Throws the `Rejection` `inbox-behind`, its place given back. */
  check(place: Place): void {
    this.#turns.delivered()
    if (!this.#isBehind()) return
    place.leave()
    throw new Rejection('inbox-behind')
  }

  /**
   * Would the delivery be answered too late? Who takes as many as can just be answered in time keeps a queue of that length, and at
   * the next stall a longer one. So once it was too long, few of each turn are taken, until a turn brings no more than these.
   */
  #isBehind(): boolean {
    const { brought, broughtBefore } = this.#turns
    const isLate = this.#inbox.waitMs() + this.#turns.lagMs() > this.#budgetMs
    if (isLate) this.#isOverloaded = true
    else if (Math.max(brought, broughtBefore) <= MOST_OF_A_TURN) this.#isOverloaded = false
    return isLate || (this.#isOverloaded && brought > MOST_OF_A_TURN)
  }
}
