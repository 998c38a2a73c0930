/** How many attempts may be in hand at once. Whoever waits gets what is free, at least one, in order of asking. */
export class Permits {
  readonly count: number
  #free: number
  readonly #waiting: { most: number; got: (count: number) => void }[] = []
  #isGranting = false

  constructor(count: number) {
    this.count = count
    this.#free = count
  }

  /** How many are free, and nobody waits for. */
  get spare(): number {
    return this.#waiting.length > 0 ? 0 : this.#free
  }

  /** Resolves to how many there are for the caller: at least one, at most `most`. */
  take(most: number): Promise<number> {
    const { promise, resolve: got } = Promise.withResolvers<number>()
    this.#waiting.push({ most, got })
    this.#grant()
    return promise
  }

  give(count: number): void {
    this.#free += count
    this.#grant()
  }

  /** In the next turn: attempts that were settled by one commit end together, and their places are taken together. */
  #grant(): void {
    if (this.#isGranting) return
    this.#isGranting = true
    setImmediate(() => {
      this.#isGranting = false
      while (this.#free > 0) {
        const next = this.#waiting.shift()
        if (next === undefined) return
        const count = Math.min(next.most, this.#free)
        this.#free -= count
        next.got(count)
      }
    })
  }
}
