import type { Batch } from './recorder.ts'

/** Deletes up to `limit` rows whose time is over. Resolves to how many. */
export async function purge({ client, sql, now }: Batch, limit: number): Promise<number> {
  const { rowCount: keys } = await client.query(sql.purgeKeys, [now, limit])
  let left = limit - (keys ?? 0)
  const { rowCount: nonces } = await client.query(sql.purgeNonces, [now, left])
  left -= nonces ?? 0
  const { rows: events } = await client.query(sql.purgeEvents, [now, left])
  if (events.length > 0) await client.query(sql.purgeDeliveries, [events.map(({ delivery }) => delivery)])
  return limit - left + events.length
}
