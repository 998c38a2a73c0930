import type { Inbox } from '@kyc-webhooks/core'
import { postgresInbox } from '@kyc-webhooks/postgres'

/** The inbox that all processes share. */
export function openInbox(connectionString: string, maxConnections: number): Inbox {
  return postgresInbox({
    connectionString,
    maxConnections,
    // The least that there is: others take over sooner. It goes with each event, so receivers need it like workers.
    heartbeatSeconds: 10,
  })
}
