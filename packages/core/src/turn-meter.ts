/** How long the turns of the event loop are that bring deliveries. */
export class TurnMeter {
  #isMeasuring = false
  /** The last two, the latest first, in milliseconds. */
  #took: readonly [number, number] = [0, 0]

  /**
   * To be called when a delivery is there. How long it will have waited for the event loop when it is answered, in milliseconds:
   * one turn in the socket, and another until the event loop hears that it is recorded.
   */
  lagMs(): number {
    if (!this.#isMeasuring) this.#measure(performance.now())
    // The shorter one: a turn that was long by chance, because the application was busy, says nothing about the next.
    return 2 * Math.min(...this.#took)
  }

  #measure(begunAt: number): void {
    this.#isMeasuring = true
    setImmediate(() => {
      this.#isMeasuring = false
      this.#took = [performance.now() - begunAt, this.#took[0]]
    })
  }
}
