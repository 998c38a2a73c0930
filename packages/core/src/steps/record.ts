import { isKycWebhookError, Rejection } from '../errors.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Outcome, Receipt } from '../inbox/port.ts'

/**
 * Records receipts and waits for it, but not beyond the budget: an answer the provider no longer waits for would be a lie
 * either way. A record that lands after all makes its repetition a duplicate. Throws a `Rejection`, always a fault.
 */
export async function record(
  inbox: Inbox,
  receipts: readonly Receipt[],
  budgetMs: number,
): Promise<readonly Outcome[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Rejection('budget-exceeded')), budgetMs)
  })
  const startedAt = performance.now()
  try {
    const outcomes = await Promise.race([Promise.all(receipts.map((receipt) => inbox.record(receipt))), late])
    // A blocked event loop runs the commit's continuation before the overdue timer.
    if (performance.now() - startedAt > budgetMs) throw new Rejection('budget-exceeded')
    return outcomes
  } catch (error) {
    throw error instanceof Rejection ? error : new Rejection(faultOf(error), describe(error))
  } finally {
    clearTimeout(timer)
  }
}

const faultOf = (error: unknown) =>
  isKycWebhookError(error, 'inbox-full') ? 'inbox-full' : 'inbox-unavailable'

const describe = (error: unknown) => (isKycWebhookError(error) ? error.message : 'the inbox failed')
