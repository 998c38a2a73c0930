/** The replies that are being made: what a receiver finishes before it closes. */
export class InHand<T> {
  readonly #replies = new Set<Promise<T>>()

  track(reply: Promise<T>): Promise<T> {
    this.#replies.add(reply)
    return reply.finally(() => this.#replies.delete(reply))
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#replies])
  }
}
