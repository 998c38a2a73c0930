import type {
  EventQuery,
  EventRecord,
  EventState,
  InboxStats,
  MovedQuarantine,
  PageQuery,
  RefusalCode,
  StoreHealth,
} from '@kyc-webhooks/core'
import { KycWebhookError } from '@kyc-webhooks/core'
import type { Database } from './database.ts'
import type { Statements } from './sql.ts'
import { restored, storable } from './text.ts'

/** What only looks at the inbox. */
export interface Looks {
  stats(): Promise<InboxStats>
  health(): Promise<StoreHealth>
  events(query: EventQuery): Promise<EventRecord[]>
  quarantined(query: PageQuery): Promise<MovedQuarantine[]>
}

export function looks(database: Database, sql: Statements): Looks {
  return {
    async stats() {
      const [row = {}] = await database.query(sql.stats)
      const { oldestUnhandledAt } = row
      const count = (name: string) => Number(row[name])
      return {
        ...{ waiting: count('waiting'), running: count('running'), done: count('done'), dead: count('dead') },
        quarantined: count('quarantined'),
        oldestUnhandledAt: oldestUnhandledAt === null ? undefined : Number(oldestUnhandledAt),
      }
    },

    async health() {
      const [row = {}] = await database.query(sql.health)
      if (row.isClosed === true) throw new KycWebhookError('inbox-moved')
      const lagMs = Math.max(0, Math.round(Number(row.lagMs)))
      return { lagMs, depth: Number(row.depth), deadLetters: Number(row.deadLetters) }
    },

    async events({ state = null, ...query }: Omit<EventQuery, 'state'> & { state?: EventState | null }) {
      const [after, receiver, limit] = page(query)
      const rows = await database.query(sql.events, [after, receiver, state, limit])
      return rows.map((row) => ({
        seq: Number(row.seq),
        receiver: restored(String(row.receiver)),
        state: row.state as EventState,
        type: restored(String(row.type)),
        json: String(row.json),
        attempts: Number(row.attempts),
        crashes: Number(row.crashes),
        dueAt: Number(row.dueAt),
        error: row.error === null ? undefined : restored(String(row.error)),
        receivedAt: Number(row.receivedAt),
        context: JSON.parse(String(row.context)),
      }))
    },

    async quarantined(query) {
      const rows = await database.query(sql.quarantined, page(query))
      return rows.map((row) => ({
        seq: Number(row.seq),
        receiver: restored(String(row.receiver)),
        digest: String(row.digest),
        reason: row.reason as RefusalCode,
        firstAt: Number(row.firstAt),
        lastAt: Number(row.lastAt),
        count: Number(row.count),
        body: row.body as Buffer,
        headers: JSON.parse(String(row.headers)),
        context: JSON.parse(String(row.context)),
      }))
    },
  }
}

export function page({ receiver, after = 0, limit = 100 }: PageQuery): [number, string | null, number] {
  return [after, receiver === undefined ? null : storable(receiver), limit]
}
