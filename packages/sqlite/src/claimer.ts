import type { Claim, ClaimRequest, ClaimResult } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

interface DueRow extends Omit<Claim, 'unsigned' | 'context'> {
  dueAt: number
  unsigned: string | null
  context: string
}

/** Returns what starts attempts. Its caller holds the right to run this receiver's events. */
export function claimer(db: Database.Database): (request: ClaimRequest) => ClaimResult {
  const dueEvents = db.prepare<[string, number, number], DueRow>(sql.dueEvents)
  const dueSuspect = db.prepare<[string, number], DueRow>(sql.dueSuspect)
  const start = db.prepare(sql.start)
  const nextDueAt = db.prepare<[{ receiver: string }], number | null>(sql.nextDueAt).pluck()

  function due({ receiver, now, limit, suspects }: ClaimRequest): DueRow[] {
    const events = dueEvents.all(receiver, now, limit)
    const suspect = suspects ? dueSuspect.all(receiver, now) : []
    return [...events, ...suspect].sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq).slice(0, limit)
  }

  const startAll = db.transaction((request: ClaimRequest) =>
    due(request).map((row) => {
      start.run(row.seq)
      return toClaim(row)
    }),
  )

  return (request) => {
    // Most looks find nothing; they take no write lock.
    const isAnyDue = (nextDueAt.get(request) ?? Number.POSITIVE_INFINITY) <= request.now
    const claims = isAnyDue ? startAll.immediate(request) : []
    return { claims, nextDueAt: nextDueAt.get(request) ?? undefined }
  }
}

function toClaim({ seq, attempt, crashes, json, unsigned, context }: DueRow): Claim {
  return {
    seq,
    attempt,
    crashes,
    json,
    unsigned: unsigned === null ? [] : JSON.parse(unsigned),
    context: JSON.parse(context),
  }
}
