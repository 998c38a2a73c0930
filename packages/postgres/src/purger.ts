import type { Batch } from './recorder.ts'

/** Deletes up to `limit` rows whose time is over. Resolves to how many. */
export async function purge(batch: Batch, limit: number): Promise<number> {
  const { client, sql, now } = batch
  const { rowCount: keys } = await client.query(sql.purgeKeys, [now, limit])
  let left = limit - (keys ?? 0)
  const { rowCount: nonces } = await client.query(sql.purgeNonces, [now, left])
  left -= nonces ?? 0
  const { rowCount: unverified } = await client.query(sql.purgeUnverified, [now, left])
  left -= unverified ?? 0
  const { rows: events } = await client.query(sql.purgeEvents, [now, left])
  await deleteDeliveries(batch, events)
  return limit - left + events.length
}

/** Deletes the deliveries of deleted events, but for those that another event needs. */
export async function deleteDeliveries(
  { client, sql }: Pick<Batch, 'client' | 'sql'>,
  events: readonly Record<string, unknown>[],
): Promise<void> {
  if (events.length === 0) return
  const deliveries = [events.map(({ delivery }) => delivery)]
  await client.query(sql.lockDeliveries, deliveries)
  await client.query(sql.purgeDeliveries, deliveries)
}
