import type { DiscardRequest } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** Returns what deletes dead letters, quarantined and unverified deliveries, in one transaction. */
export function discarder(db: Database.Database): (request: DiscardRequest) => number {
  const discardEvent = db.prepare<[number], number>(sql.discardEvent).pluck()
  const purgeDelivery = db.prepare(sql.purgeDelivery)
  const unquarantine = db.prepare(sql.unquarantine)
  const discardUnverified = db.prepare(sql.discardUnverified)

  const discard = db.transaction(({ events = [], quarantined = [], unverified = [] }: DiscardRequest) => {
    const deliveries = events.flatMap((seq) => discardEvent.get(seq) ?? [])
    for (const seq of new Set(deliveries)) purgeDelivery.run({ seq })
    const gone = [
      ...quarantined.map((seq) => unquarantine.run(seq)),
      ...unverified.map((seq) => discardUnverified.run(seq)),
    ]
    return gone.reduce((count, { changes }) => count + changes, deliveries.length)
  })

  return (request) => {
    const count = discard.immediate(request)
    // Else what was deleted stays readable in the log until later commits overwrite it.
    if (count > 0) db.pragma('wal_checkpoint(TRUNCATE)')
    return count
  }
}
