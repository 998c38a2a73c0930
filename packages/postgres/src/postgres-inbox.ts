import type { Inbox } from '@kyc-webhooks/core'
import { createInboxOn } from '@kyc-webhooks/core/engine'
import { type PostgresInboxOptions, resolveSettings } from './options.ts'
import { PostgresStore } from './postgres-store.ts'
import { PostgresWorker } from './postgres-worker.ts'

/**
 * The durable inbox on Postgres, for any number of receivers and workers: on this process, on others, on other machines.
 * The server's clock decides what is due and what has expired.
 *
 * @throws KycWebhookError `option-invalid`
 */
export function postgresInbox(options: PostgresInboxOptions): Inbox {
  const store = new PostgresStore(resolveSettings(options))
  return createInboxOn(store, (work, hooks) => new PostgresWorker(work, store, hooks), options)
}
