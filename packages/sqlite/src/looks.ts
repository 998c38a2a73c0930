import type {
  EventQuery,
  EventRecord,
  InboxStats,
  MovedQuarantine,
  PageQuery,
  UnhandledStats,
} from '@kyc-webhooks/core'
import type Database from 'better-sqlite3'
import { sql } from './sql.ts'

/** What only looks at the inbox. */
export interface Looks {
  stats(): InboxStats
  unhandled(): UnhandledStats
  events(query: EventQuery): EventRecord[]
  quarantined(query: PageQuery): MovedQuarantine[]
}

type EventRow = Omit<EventRecord, 'context' | 'error'> & { context: string; error: string | null }
type QuarantineRow = Omit<MovedQuarantine, 'context' | 'headers' | 'digest'> & {
  context: string
  headers: string
  digest: Buffer
}
type Row<Stats> = Omit<Stats, 'oldestUnhandledAt'> & { oldestUnhandledAt: number | null }

export function looks(db: Database.Database): Looks {
  const stats = db.prepare<[], Row<InboxStats>>(sql.stats)
  const unhandled = db.prepare<[], Row<UnhandledStats>>(sql.unhandled)
  const events = db.prepare<[Page], EventRow>(sql.events)
  const eventsInState = db.prepare<[Page & Pick<EventRecord, 'state'>], EventRow>(sql.eventsInState)
  const quarantined = db.prepare<[Page], QuarantineRow>(sql.quarantined)

  return {
    stats() {
      const row = stats.get() as Row<InboxStats>
      return { ...row, oldestUnhandledAt: row.oldestUnhandledAt ?? undefined }
    },

    unhandled() {
      const row = unhandled.get() as Row<UnhandledStats>
      return { ...row, oldestUnhandledAt: row.oldestUnhandledAt ?? undefined }
    },

    events({ state, ...query }) {
      const rows =
        state === undefined ? events.all(page(query)) : eventsInState.all({ ...page(query), state })
      return rows.map(({ context, error, ...row }) => ({
        ...row,
        error: error ?? undefined,
        context: JSON.parse(context),
      }))
    },

    quarantined(query) {
      return quarantined.all(page(query)).map(({ context, headers, digest, ...row }) => ({
        ...row,
        digest: digest.toString('hex'),
        headers: JSON.parse(headers),
        context: JSON.parse(context),
      }))
    },
  }
}

interface Page {
  receiver: string | null
  after: number
  limit: number
}

function page({ receiver = null, after = 0, limit = 100 }: Partial<Page>): Page {
  return { receiver, after, limit }
}
