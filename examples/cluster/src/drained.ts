import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { Sent } from './load.ts'

/** Many times as long as it takes to notice that a worker died. */
const LIMIT_MS = 120_000

/** Waits until nothing is left to handle and all that was acknowledged is handled. False: it took too long. */
export async function drained(
  { inbox, ledger }: Pick<Cluster, 'inbox' | 'ledger'>,
  sent: readonly Sent[],
  signal?: AbortSignal,
): Promise<boolean> {
  const acknowledged = sent.filter(({ outcome }) => outcome === 'accepted').flatMap(({ ids }) => ids)
  const end = performance.now() + LIMIT_MS
  while (performance.now() < end) {
    const { reachable, depth } = await inbox.health()
    if (reachable && depth === 0) {
      const handled = await ledger.handled()
      if (acknowledged.every((id) => handled.has(id))) return true
    }
    await delay(250, undefined, { signal })
  }
  return false
}
