/** How long the turns of the event loop are that bring deliveries, and how many they bring. */
export class TurnMeter {
  /** When the turn under way brought its first delivery. */
  #begunAt: number | undefined
  /** The last two, the latest first, in milliseconds. */
  #took: readonly [number, number] = [0, 0]
  #brought = 0
  #broughtBefore = 0

  /** Deliveries of the turn under way. */
  get brought(): number {
    return this.#brought
  }

  /** Deliveries of the turn before. */
  get broughtBefore(): number {
    return this.#broughtBefore
  }

  /** To be called when a delivery is there. */
  delivered(): void {
    this.#begunAt ??= this.#begin()
    this.#brought++
  }

  /**
   * How long a delivery that is there will have waited for the event loop when it is answered, in milliseconds: one turn in the
   * socket, and another until the event loop hears that it is recorded.
   */
  lagMs(): number {
    const now = performance.now()
    // The shorter one: a turn that was long by chance, because the application was busy, says nothing about the next. The one
    // under way is as long as it is: where deliveries come faster than they are taken, it may go on for seconds.
    return 2 * Math.max(Math.min(...this.#took), now - (this.#begunAt ?? now))
  }

  #begin(): number {
    const begunAt = performance.now()
    setImmediate(() => {
      this.#took = [performance.now() - begunAt, this.#took[0]]
      this.#begunAt = undefined
      this.#broughtBefore = this.#brought
      this.#brought = 0
    })
    return begunAt
  }
}
