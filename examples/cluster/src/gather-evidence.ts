import type { Evidence } from './account.ts'
import type { Cluster } from './cluster.ts'
import type { Sent } from './load.ts'
import type { Kill } from './member.ts'

/** What the providers and who killed have seen, and what the handlers wrote. */
export async function gatherEvidence(
  { ledger, inbox }: Pick<Cluster, 'ledger' | 'inbox'>,
  sent: readonly Sent[],
  kills: readonly Kill[] = [],
): Promise<Evidence> {
  const [runs, effects, { deadLetters }] = await Promise.all([
    ledger.runs(),
    ledger.effects(),
    inbox.health(),
  ])
  return { sent, runs, effects, kills, deadLetters }
}
