import { type Inbox, memoryInbox } from '@kyc-webhooks/core'
import { postgresInbox } from '@kyc-webhooks/postgres'
import { sqliteInbox } from '@kyc-webhooks/sqlite'

/** The inbox at a place: a connection string of Postgres, or the path of a file; `memory` forgets, and loses events. */
export function openInbox(place: string): Inbox {
  if (place === 'memory') return memoryInbox()
  if (!/^postgres(ql)?:\/\//.test(place)) return sqliteInbox({ file: place })
  return postgresInbox({ connectionString: place, heartbeatSeconds: 10, maxConnections: 6 })
}
