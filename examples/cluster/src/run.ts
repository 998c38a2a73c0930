import { setTimeout as delay } from 'node:timers/promises'
import { type Account, accountOf } from './account.ts'
import { startChaos } from './chaos.ts'
import type { Cluster } from './cluster.ts'
import { drained } from './drained.ts'
import { gatherEvidence } from './gather-evidence.ts'
import { startLoad } from './load.ts'
import { showProgress } from './progress.ts'
import type { Screen } from './screen.ts'
import type { Settings } from './settings.ts'

/**
 * Sends and kills for a while, then only waits until all is handled. Resolves to what it came to. Rejects as soon as the
 * signal is aborted; then, too, nothing is started any more.
 */
export async function run(
  cluster: Cluster,
  { sendMs, rate, killEveryMs, seed }: Settings,
  screen: Screen,
  signal: AbortSignal,
): Promise<Account> {
  const load = startLoad(cluster.url, { seed, rate, signal })
  const chaos = startChaos([...cluster.receivers, ...cluster.workers], {
    seed,
    everyMs: killEveryMs,
    onKill: ({ pid, process }) => screen.line(`kill -9 ${pid} (${process})`),
  })
  const progress = showProgress({ cluster, load, chaos }, screen)
  try {
    await delay(sendMs, undefined, { signal })
    screen.line('No more deliveries and no more kills. What is left is retried and handled.')
    await Promise.all([load.stop(), chaos.stop()])
    if (!(await drained(cluster, load.sent, signal)))
      screen.line('It takes too long. What is missing is lost.')
    return accountOf(await gatherEvidence(cluster, load.sent, chaos.kills))
  } finally {
    progress.stop()
    await chaos.stop().catch(() => {})
  }
}
