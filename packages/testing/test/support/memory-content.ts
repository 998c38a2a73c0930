import type { InboxEngine } from '@kyc-webhooks/core'

/** What an engine in memory holds that came from outside. */
export async function memoryContent(store: InboxEngine): Promise<Buffer> {
  const quarantined = await store.quarantined({})
  const rows = JSON.stringify([await store.events({}), quarantined])
  return Buffer.concat([Buffer.from(rows), ...quarantined.map(({ body }) => body)])
}
