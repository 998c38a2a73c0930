import type { Claim, ClaimRequest, ClaimResult } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

interface Due {
  seq: number
  dueAt: number
}

interface StartedRow extends Omit<Claim, 'unsigned' | 'context'> {
  unsigned: string | null
  context: string
}

/** Returns what starts attempts. Its caller holds the right to run this receiver's events. */
export function claimer(db: Database.Database): (request: ClaimRequest) => ClaimResult {
  const dueEvents = db.prepare<[string, number, number], Due>(sql.dueEvents)
  const dueSuspect = db.prepare<[string, number], Due>(sql.dueSuspect)
  const start = db.prepare(sql.start)
  const started = db.prepare<[number], StartedRow>(sql.started)
  const nextDueAt = db.prepare<[{ receiver: string }], number | null>(sql.nextDueAt).pluck()

  function due({ receiver, now, limit, suspects }: ClaimRequest): Due[] {
    const events = dueEvents.all(receiver, now, limit)
    const suspect = suspects ? dueSuspect.all(receiver, now) : []
    return [...events, ...suspect].sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq).slice(0, limit)
  }

  const startAll = db.transaction((request: ClaimRequest) =>
    due(request).flatMap(({ seq }) => {
      start.run(seq)
      const row = started.get(seq)
      return row === undefined ? [] : [toClaim(row)]
    }),
  )

  return (request) => {
    // Most looks find nothing; they take no write lock.
    const claims = due(request).length === 0 ? [] : startAll.immediate(request)
    return { claims, nextDueAt: nextDueAt.get(request) ?? undefined }
  }
}

function toClaim({ unsigned, context, ...row }: StartedRow): Claim {
  return { ...row, unsigned: unsigned === null ? [] : JSON.parse(unsigned), context: JSON.parse(context) }
}
