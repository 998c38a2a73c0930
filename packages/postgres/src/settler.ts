import type { Settlement } from '@kyc-webhooks/core'
import type { Batch } from './recorder.ts'
import { storable } from './text.ts'

/** Applies settlements. Resolves to the events whose running attempt it was; the others change nothing. */
export async function settle(
  { client, sql, now }: Batch,
  settlements: readonly Settlement[],
): Promise<ReadonlySet<number>> {
  if (settlements.length === 0) return new Set()
  // Of two for one attempt the first counts; one statement would take either.
  const first = new Map(settlements.toReversed().map((each) => [`${each.seq} ${each.attempt}`, each]))
  const rows = [...first.values()].sort((a, b) => a.seq - b.seq)
  const { rows: settled } = await client.query(sql.settle, [
    now,
    rows.map(({ seq }) => seq),
    rows.map(({ attempt }) => attempt),
    rows.map(({ result }) => result),
    rows.map(({ at, dueAt = at }) => dueAt - at),
    rows.map(({ error }) => (error === undefined ? null : storable(error))),
    rows.map(({ at, purgeAt }) => (purgeAt === undefined ? null : purgeAt - at)),
  ])
  return new Set(settled.map(({ seq }) => Number(seq)))
}
