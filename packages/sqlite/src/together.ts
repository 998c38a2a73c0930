import type Database from 'better-sqlite3'
import { type Failure, toFailure } from './failure.ts'

export type Result = { value: unknown } | { failure: Failure }

/** What a call comes to. */
export function resultOf(call: () => unknown): Result {
  try {
    return { value: call() }
  } catch (error) {
    return { failure: toFailure(error) }
  }
}

/**
 * Returns what makes several calls in one transaction, each in a savepoint of its own: they wait for the disk once, and one
 * that fails undoes nothing of the others. When the transaction cannot be committed, all have failed.
 */
export function together(db: Database.Database): (calls: readonly (() => unknown)[]) => Result[] {
  const make = db.transaction((calls: readonly (() => unknown)[]) =>
    calls.map((call) => {
      const result = resultOf(call)
      // Some failures, such as a full disk, undo the whole transaction.
      if (!db.inTransaction) throw new Undone(result)
      return result
    }),
  )
  return (calls) => {
    try {
      return make.immediate(calls)
    } catch (error) {
      return calls.map(() => (error instanceof Undone ? error.result : { failure: toFailure(error) }))
    }
  }
}

/** Not an error: it carries one. */
class Undone {
  readonly result: Result

  constructor(result: Result) {
    this.result = result
  }
}
