import type { Settlement } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { headKey } from './head-key.ts'
import { sql } from './sql.ts'

/** Returns what applies one settlement, or nothing when that attempt is not the running one. */
export function settler(db: Database.Database): (settlement: Settlement) => void {
  const done = db.prepare<[number | null, number, number], string>(sql.settleDone).pluck()
  const retry = db.prepare(sql.settleRetry)
  const dead = db.prepare(sql.settleDead)
  const released = db.prepare(sql.settleReleased)
  const raiseHead = db.prepare(sql.raiseHead)

  return ({ seq, attempt, result, at, dueAt = at, error = null, purgeAt = null, head }) => {
    if (result === 'retry') retry.run(dueAt, error, seq, attempt)
    else if (result === 'dead') dead.run(error, seq, attempt)
    else if (result === 'released') released.run(dueAt, seq, attempt)
    else {
      const receiver = done.get(purgeAt, seq, attempt)
      if (receiver !== undefined && head) raiseHead.run(headKey(receiver, head.subject), head.time)
    }
  }
}
