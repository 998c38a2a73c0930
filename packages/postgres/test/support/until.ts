import type { Inbox, InboxStats } from '@kyc-webhooks/core'
import { expect, vi } from 'vitest'

/** Waits until the counts of events are these. */
export async function until(inbox: Inbox, stats: Partial<InboxStats>, timeout = 10_000): Promise<void> {
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject(stats), { timeout, interval: 20 })
}
