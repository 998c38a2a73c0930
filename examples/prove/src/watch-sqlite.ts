import Database from 'better-sqlite3'
import { Purposes } from './purposes.ts'

type Run = (this: Database.Statement, ...args: unknown[]) => unknown

/** Passes the fault points of the inbox on SQLite, on whichever thread it is. */
export function watchSqlite(): void {
  // One connection of a thread has transactions.
  const purposes = new Purposes({
    begin: /^BEGIN IMMEDIATE$/,
    insert: /^\s*INSERT INTO (delivery|event)\b/,
    claim: /^\s*UPDATE event SET state = 'running'/,
    settle: /^\s*UPDATE event SET state = 'done'/,
    commit: /^COMMIT$/,
  })
  const db = new Database(':memory:')
  const prototype: { run: Run } = Object.getPrototypeOf(db.prepare('SELECT 1'))
  db.close()
  const { run } = prototype
  prototype.run = function (...args) {
    const after = purposes.before(this.source)
    const result = run.apply(this, args)
    after()
    return result
  }
}
