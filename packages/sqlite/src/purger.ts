import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** Returns what deletes up to `limit` rows whose time is over, in one short transaction. */
export function purger(db: Database.Database): (now: number, limit: number) => number {
  const purgeKeys = db.prepare(sql.purgeKeys)
  const purgeNonces = db.prepare(sql.purgeNonces)
  const purgeUnverified = db.prepare(sql.purgeUnverified)
  const purgeable = db.prepare<[number, number], { seq: number; delivery: number }>(sql.purgeable)
  const purgeEvent = db.prepare(sql.purgeEvent)
  const purgeDelivery = db.prepare(sql.purgeDelivery)

  const purge = db.transaction((now: number, limit: number) => {
    const keys = purgeKeys.run(now, limit).changes
    const nonces = purgeNonces.run(now, limit - keys).changes
    const unverified = purgeUnverified.run(now, limit - keys - nonces).changes
    const others = keys + nonces + unverified
    const events = purgeable.all(now, limit - others)
    for (const { seq } of events) purgeEvent.run(seq)
    for (const seq of new Set(events.map(({ delivery }) => delivery))) purgeDelivery.run({ seq })
    return others + events.length
  })
  return (now, limit) => purge.immediate(now, limit)
}
