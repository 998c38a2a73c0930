import { errorName } from '../error-text.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Outcome, Receipt } from '../inbox/port.ts'
import { type Provider, Unusable } from '../provider.ts'
import { pages } from './pages.ts'
import { receiptsOf } from './receipts-of.ts'
import type { PolledResult, ReconcileOptions } from './reconcile-options.ts'
import type { ReconcileSettings } from './reconcile-settings.ts'

/** What came of a poll, as far as it came. */
export interface Tally {
  /** What `fetch` gave. */
  results: number
  /** New: their events will be handled. Counted by delivery, of a batch each part. */
  recorded: number
  /** Delivered or polled before. */
  known: number
  /** How many results could not be used, by the reason, in words of ours. */
  unusable: Map<string, number>
}

/** Receipts recorded at once: deliveries that come meanwhile shall find room in the inbox. */
const AT_ONCE = 32

/**
 * Asks for results and records them, page by page. `tally` counts along. Rejects with what `fetch` throws, with the signal's
 * reason, or as `inbox.record` does; what was recorded by then stays so.
 */
export async function poll(
  inbox: Inbox,
  provider: Provider,
  settings: ReconcileSettings,
  { fetch, signal, tally }: Pick<ReconcileOptions, 'fetch'> & { signal: AbortSignal; tally: Tally },
): Promise<void> {
  for await (const page of pages(fetch, signal)) {
    let gathered: Receipt[] = []
    for (const result of page) {
      gathered.push(...usable(provider, settings, result, tally))
      if (gathered.length < AT_ONCE) continue
      await record(inbox, gathered, tally)
      gathered = []
      // What is recorded can be fetched again: there is no need to finish the page.
      signal.throwIfAborted()
    }
    await record(inbox, gathered, tally)
  }
}

function usable(
  provider: Provider,
  settings: ReconcileSettings,
  result: PolledResult,
  tally: Tally,
): Receipt[] {
  tally.results += 1
  const receipts = orDefect(() => receiptsOf(provider, settings, result))
  if (!(receipts instanceof Unusable)) return receipts
  tally.unusable.set(receipts.reason, (tally.unusable.get(receipts.reason) ?? 0) + 1)
  return []
}

/** One result that the provider's definition fails on must not cost the others. */
function orDefect<T>(make: () => T): T | Unusable {
  try {
    return make()
  } catch (error) {
    return new Unusable(`the provider definition failed: ${errorName(error)}`)
  }
}

async function record(inbox: Inbox, receipts: readonly Receipt[], tally: Tally): Promise<void> {
  for (let from = 0; from < receipts.length; from += AT_ONCE) {
    const some = receipts.slice(from, from + AT_ONCE)
    const outcomes = await Promise.allSettled(some.map((receipt) => inbox.record(receipt)))
    for (const settled of outcomes) {
      if (settled.status === 'fulfilled') count(settled.value, tally)
    }
    const failed = outcomes.find((settled) => settled.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}

/** Without nonce and with a digest that is in conflict with none, a receipt is new or known. */
function count(outcome: Outcome, tally: Tally): void {
  if (outcome === 'recorded') tally.recorded += 1
  else tally.known += 1
}
