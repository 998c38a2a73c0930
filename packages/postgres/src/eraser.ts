import type { ErasedRows, EraseRequest, EventState } from '@kyc-webhooks/core'
import { deleteDeliveries } from './purger.ts'
import type { Batch } from './recorder.ts'
import { restored, storable } from './text.ts'
import { type Ticketed, ticketed } from './tickets.ts'

/** Deletes what is kept of one subject. Resolves also to its dead letters, whose jobs are void now; those of other events find nothing. */
export async function erase(
  batch: Batch,
  { subjects, receiver, waiting = false, heads = [], quarantined = [] }: EraseRequest,
): Promise<{ erased: ErasedRows; dead: Ticketed[] }> {
  const { client, sql } = batch
  const filter = receiver === undefined ? null : storable(receiver)
  const { rows: own } = await client.query(sql.aboutSubject, [subjects, filter])
  const states: readonly unknown[] = waiting ? ['done', 'dead', 'waiting'] : ['done', 'dead']
  const going = own.filter(({ state }) => states.includes(state)).map(({ seq }) => seq)
  const { rows: gone } = await client.query(sql.eraseEvents, [going])
  await deleteDeliveries(batch, gone)
  const { rowCount: bodies } = await client.query(sql.blankDeliveries, [gone.map(({ delivery }) => delivery)])
  const { rowCount: erasedHeads } = await client.query(sql.forgetHeads, [heads])
  const { rowCount: unquarantined } = await client.query(sql.discardQuarantined, [quarantined])
  const inState = (wanted: EventState) => own.filter(({ state }) => state === wanted).length
  const erased = {
    ...{ events: gone.length, bodies: bodies ?? 0, heads: erasedHeads ?? 0 },
    quarantined: unquarantined ?? 0,
    ...{ waiting: waiting ? 0 : inState('waiting'), running: inState('running') },
    receivers: [...new Set(own.map(({ receiver }) => restored(String(receiver))))],
  }
  return { erased, dead: gone.filter(({ state }) => state === 'dead').map(ticketed) }
}
