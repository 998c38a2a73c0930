/** How long the turns of the event loop are that bring deliveries. */
export class TurnMeter {
  /** When the turn under way brought its first delivery. */
  #begunAt: number | undefined
  /** The last two, the latest first, in milliseconds. */
  #took: readonly [number, number] = [0, 0]

  /**
   * To be called when a delivery is there. How long it will have waited for the event loop when it is answered, in milliseconds:
   * one turn in the socket, and another until the event loop hears that it is recorded.
   */
  lagMs(): number {
    const now = performance.now()
    this.#begunAt ??= this.#begin(now)
    // The shorter one: a turn that was long by chance, because the application was busy, says nothing about the next. The one
    // under way is as long as it is: where deliveries come faster than they are taken, it may go on for seconds.
    return 2 * Math.max(Math.min(...this.#took), now - this.#begunAt)
  }

  #begin(now: number): number {
    setImmediate(() => {
      this.#begunAt = undefined
      this.#took = [performance.now() - now, this.#took[0]]
    })
    return now
  }
}
