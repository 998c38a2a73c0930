import type { MemoryRows } from './memory-rows.ts'
import type { EventState, InboxEngine, PageQuery } from './port.ts'

/** What only looks at the engine in memory. */
export function memoryLooks({
  events,
  quarantine,
}: MemoryRows): Pick<InboxEngine, 'stats' | 'events' | 'quarantined'> {
  return {
    async stats() {
      const all = [...events.values()]
      const count = (state: EventState) => all.filter((event) => event.state === state).length
      return {
        ...{ waiting: count('waiting'), running: count('running'), done: count('done'), dead: count('dead') },
        quarantined: quarantine.size,
        oldestUnhandledAt: all.find(({ state }) => state === 'waiting' || state === 'running')?.receivedAt,
      }
    },

    async events(query) {
      const { state } = query
      const matching = [...events.values()].filter((event) => state === undefined || event.state === state)
      return page(matching, query).map(({ unsigned, subject, purgeAt, delivery, ...record }) =>
        structuredClone(record),
      )
    },

    async quarantined(query) {
      return structuredClone(page([...quarantine.values()], query))
    },
  }
}

function page<T extends { seq: number; receiver: string }>(rows: T[], query: PageQuery): T[] {
  const { receiver, after = 0, limit = 100 } = query
  return rows
    .filter((row) => row.seq > after && (receiver === undefined || row.receiver === receiver))
    .slice(0, limit)
}
