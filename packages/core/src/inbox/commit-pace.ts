/** Of so many commits the middle one counts: one that was slow by chance says nothing about the next. */
const REMEMBERED = 5

/** How long commits take these days, for those who must know before they have waited. */
export class CommitPace {
  readonly #now: () => number
  /** The last ones, in milliseconds. */
  #took: number[] = []
  /** When those under way began, oldest first. */
  readonly #begun = new Set<{ at: number }>()

  /** @param now monotonic, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Call it when a commit begins, and what it returns when that one has ended, well or not. */
  begin(): () => void {
    const commit = { at: this.#now() }
    this.#begun.add(commit)
    return () => {
      this.#begun.delete(commit)
      this.#took = [...this.#took, this.#now() - commit.at].slice(-REMEMBERED)
    }
  }

  /**
   * How long until the outcome of a receipt with which `commits` more are needed, in milliseconds. 0 while none is under
   * way: what once was slow may be fast again, and only a commit tells.
   */
  waitMs(commits: number): number {
    const latest = [...this.#begun].at(-1)
    if (latest === undefined) return 0
    const usual = this.#took.toSorted((a, b) => a - b)[this.#took.length >> 1] ?? 0
    const age = this.#now() - latest.at
    // One that takes longer than usual: nobody knows how long; as long again is the best guess.
    const left = age < usual ? usual - age : age
    return left + commits * usual
  }
}
