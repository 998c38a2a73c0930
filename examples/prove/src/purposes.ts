import { pass } from './fault-points.ts'

/** What a statement is about. */
export interface Patterns {
  begin: RegExp
  insert: RegExp
  claim: RegExp
  settle: RegExp
  commit: RegExp
}

type Purpose = 'record' | 'claim' | 'settle'

/** The statements of one connection as they go by. */
export class Purposes {
  readonly #patterns: Patterns
  /** What the transaction under way is for. */
  #purposes = new Set<Purpose>()

  constructor(patterns: Patterns) {
    this.#patterns = patterns
  }

  /** Passes the points before a statement, and gives what passes those after it. */
  before(statement: string): () => void {
    const { begin, insert, claim, settle, commit } = this.#patterns
    if (begin.test(statement)) {
      this.#purposes = new Set()
      pass('before begin')
      return () => pass('after begin')
    }
    if (insert.test(statement)) {
      this.#purposes.add('record')
      pass('before insert')
      return () => pass('after insert')
    }
    if (claim.test(statement)) this.#purposes.add('claim')
    if (settle.test(statement)) this.#purposes.add('settle')
    if (!commit.test(statement)) return () => {}
    const purposes = [...this.#purposes]
    for (const purpose of purposes) pass(`before ${purpose === 'record' ? 'commit' : purpose}`)
    return () => {
      for (const purpose of purposes) pass(`after ${purpose === 'record' ? 'commit' : purpose}`)
    }
  }
}
