import type { Settlement } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** Returns what applies one settlement, or nothing when that attempt is not the running one. */
export function settler(db: Database.Database): (settlement: Settlement) => void {
  const done = db.prepare(sql.settleDone)
  const retry = db.prepare(sql.settleRetry)
  const dead = db.prepare(sql.settleDead)
  const released = db.prepare(sql.settleReleased)
  const raiseHead = db.prepare(sql.raiseHead)

  return ({ seq, attempt, result, at, dueAt = at, error = null, purgeAt = null, head }) => {
    if (result === 'retry') retry.run(dueAt, error, seq, attempt)
    else if (result === 'dead') dead.run(error, seq, attempt)
    else if (result === 'released') released.run(dueAt, seq, attempt)
    else {
      const { changes } = done.run(purgeAt, seq, attempt)
      if (changes > 0 && head) raiseHead.run(Buffer.from(head.key, 'hex'), head.time)
    }
  }
}
