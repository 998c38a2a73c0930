import type { DiscardRequest } from '@kyc-webhooks/core'
import { deleteDeliveries } from './purger.ts'
import type { Batch } from './recorder.ts'
import { type Ticketed, ticketed } from './tickets.ts'

/** Deletes dead letters, quarantined and unverified deliveries. Resolves to how many, and to the events whose tickets are void now. */
export async function discard(
  batch: Batch,
  { events = [], quarantined = [], unverified = [] }: DiscardRequest,
): Promise<{ count: number; discarded: Ticketed[] }> {
  const { client, sql } = batch
  const { rows } = await client.query(sql.discardEvents, [events])
  await deleteDeliveries(batch, rows)
  const { rowCount: released } = await client.query(sql.discardQuarantined, [quarantined])
  const { rowCount: forgotten } = await client.query(sql.discardUnverified, [unverified])
  return { count: rows.length + (released ?? 0) + (forgotten ?? 0), discarded: rows.map(ticketed) }
}
