import type { MemoryRows, StoredEvent } from './memory-rows.ts'
import type { Move, MovedDelivery, MovedEvent, MovedRows } from './port.ts'

/** Rows at once. */
const CHUNK = 100

/** What of a move can be told from the rows that there are. */
export function movedRows(rows: MemoryRows): Pick<Move, 'seal' | 'lastSeq' | 'counts' | 'rows'> {
  const { seen, nonces, heads, events, quarantine, lastSeq } = rows
  const all = {
    keys: [...seen].map(([key, row]) => ({ key, ...row })),
    nonces: [...nonces].map(([key, row]) => ({ key, ...row })),
    heads: [...heads].map(([key, time]) => ({ key, time })),
    deliveries: deliveries([...events.values()]),
    quarantined: [...quarantine.values()],
  }
  return {
    seal: rows.seal,
    lastSeq: { event: lastSeq, quarantine: lastSeq },
    counts: {
      keys: seen.size,
      nonces: nonces.size,
      heads: heads.size,
      deliveries: all.deliveries.length,
      events: events.size,
      quarantined: quarantine.size,
    },
    rows: inChunks(all),
  }
}

async function* inChunks(all: MovedRows): AsyncGenerator<MovedRows> {
  for (const [kind, rows] of Object.entries(all)) {
    for (let from = 0; from < rows.length; from += CHUNK) {
      yield structuredClone({ [kind]: rows.slice(from, from + CHUNK) })
    }
  }
}

function deliveries(events: readonly StoredEvent[]): MovedDelivery[] {
  return [...Map.groupBy(events, ({ delivery }) => delivery)].flatMap(([delivery, events]) => {
    const [first] = events
    if (first === undefined) return []
    const { receivedAt, context } = first
    const { seq: _, ...kept } = delivery
    return [{ ...kept, receivedAt, context, events: events.map(movedEvent) }]
  })
}

function movedEvent({ delivery, receivedAt, context, state, crashes, ...event }: StoredEvent): MovedEvent {
  return state === 'running'
    ? { ...event, state: 'waiting', crashes: crashes + 1 }
    : { ...event, state, crashes }
}

/** Puts what arrived in the place of what is there. */
export function putRows(
  rows: MemoryRows,
  arrived: readonly MovedRows[],
  { seal, lastSeq }: Pick<Move, 'seal' | 'lastSeq'>,
): void {
  const { seen, nonces, heads, events, quarantine } = rows
  for (const map of [seen, nonces, heads, events, quarantine]) map.clear()
  for (const { keys = [], nonces: used = [], heads: subjects = [], deliveries = [], ...rest } of arrived) {
    for (const { key, ...row } of keys) seen.set(key, row)
    for (const { key, ...row } of used) nonces.set(key, row)
    for (const { key, time } of subjects) heads.set(key, time)
    for (const { events: facts, receivedAt, context, ...moved } of deliveries) {
      const delivery = { ...moved, seq: ++rows.lastDelivery }
      for (const fact of facts)
        events.set(fact.seq, { subject: undefined, ...fact, receivedAt, context, delivery })
    }
    for (const row of rest.quarantined ?? []) quarantine.set(row.seq, row)
  }
  rows.seal = seal
  rows.lastSeq = Math.max(rows.lastSeq, lastSeq.event, lastSeq.quarantine)
}
