import { randomUUID } from 'node:crypto'
import type { Settlement } from '@kyc-webhooks/core'
import type { Batch } from './recorder.ts'
import { storable } from './text.ts'
import { type Ticketed, ticketed } from './tickets.ts'

/** What settlements came to: only those of running attempts change anything. */
export interface Settled {
  /** The events that they applied to. */
  seqs: ReadonlySet<number>
  /** Events that come again, and the jobs they need. */
  retried: Ticketed[]
  /** Dead letters, and the jobs they need. */
  dead: Ticketed[]
}

/** Applies settlements inside a transaction. */
export async function settle(
  { client, sql, now }: Batch,
  settlements: readonly Settlement[],
): Promise<Settled> {
  if (settlements.length === 0) return { seqs: new Set(), retried: [], dead: [] }
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
    rows.map(() => randomUUID()),
  ])
  const withResult = (wanted: Settlement['result']): Ticketed[] =>
    settled.filter(({ result }) => result === wanted).map(ticketed)
  return {
    seqs: new Set(settled.map(({ seq }) => Number(seq))),
    retried: withResult('retry'),
    dead: withResult('dead'),
  }
}
