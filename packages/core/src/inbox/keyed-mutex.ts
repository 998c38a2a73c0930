/** Lets one holder at a time in for each key, in order of asking. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when the key is free; call what it resolves to when done. */
  async lock(key: string): Promise<() => void> {
    const before = this.#last.get(key)
    const { promise, resolve } = Promise.withResolvers<void>()
    const mine = (before ?? Promise.resolve()).then(() => promise)
    this.#last.set(key, mine)
    await before
    return () => {
      if (this.#last.get(key) === mine) this.#last.delete(key)
      resolve()
    }
  }
}
