import { isKycWebhookError, Rejection } from '../errors.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Outcome, Receipt } from '../inbox/port.ts'

/** Records receipts; resolves when the outcome of each is durable. Throws a `Rejection`, always a fault of ours. */
export async function record(inbox: Inbox, receipts: readonly Receipt[]): Promise<readonly Outcome[]> {
  try {
    return await Promise.all(receipts.map((receipt) => inbox.record(receipt)))
  } catch (error) {
    const code = isKycWebhookError(error, 'inbox-full') ? 'inbox-full' : 'inbox-unavailable'
    throw new Rejection(code, isKycWebhookError(error) ? error.message : 'the inbox failed')
  }
}
