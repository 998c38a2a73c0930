/** What a receiver finishes before it closes. */
export class InHand {
  readonly #work = new Set<Promise<unknown>>()

  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work)
    return work.finally(() => this.#work.delete(work))
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#work])
  }
}
