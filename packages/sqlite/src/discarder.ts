import type { DiscardRequest } from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** Returns what deletes dead letters and quarantined deliveries, in one transaction. */
export function discarder(db: Database.Database): (request: DiscardRequest) => number {
  const discardEvent = db.prepare<[number], number>(sql.discardEvent).pluck()
  const purgeDelivery = db.prepare(sql.purgeDelivery)
  const unquarantine = db.prepare(sql.unquarantine)

  const discard = db.transaction(({ events = [], quarantined = [] }: DiscardRequest) => {
    const deliveries = events.flatMap((seq) => discardEvent.get(seq) ?? [])
    for (const seq of new Set(deliveries)) purgeDelivery.run({ seq })
    return quarantined.reduce((count, seq) => count + unquarantine.run(seq).changes, deliveries.length)
  })

  return (request) => {
    const count = discard.immediate(request)
    // Else what was deleted stays readable in the log until later commits overwrite it.
    if (count > 0) db.pragma('wal_checkpoint(TRUNCATE)')
    return count
  }
}
