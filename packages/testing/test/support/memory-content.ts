import type { InboxEngine } from '@kyc-webhooks/core'

/** What an engine in memory holds that came from outside. */
export async function memoryContent(store: InboxEngine): Promise<Buffer> {
  const quarantined = await store.quarantined({})
  const deliveries = await store.deliveries({ after: 0, limit: 1_000 })
  const unverified = await store.unverified({})
  const rows = JSON.stringify([await store.events({}), quarantined, deliveries, unverified])
  return Buffer.concat([
    Buffer.from(rows),
    ...[...quarantined, ...deliveries, ...unverified].flatMap(({ body }) => [Buffer.from(' '), body]),
  ])
}
