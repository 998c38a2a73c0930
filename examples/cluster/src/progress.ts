import type { Chaos } from './chaos.ts'
import type { Cluster } from './cluster.ts'
import type { Load } from './load.ts'
import type { Screen } from './screen.ts'

/** For the longest of the numbers. */
const LEAST_WIDTH = 7
const COLUMNS = ['seconds', 'deliveries', 'acknowledged', 'handled', 'in the inbox', 'lag', 'kills'] as const

/** Shows how a run stands, each second. */
export interface Progress {
  stop(): void
}

export interface Watched {
  cluster: Cluster
  load: Load
  chaos: Chaos
}

/** Deliveries begun, events acknowledged and handled, events in the inbox and the age of the oldest, kills so far. */
export function showProgress({ cluster, load, chaos }: Watched, screen: Screen): Progress {
  const startedAt = performance.now()
  let isOver = false
  async function show(): Promise<void> {
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    const [handled, { reachable, depth, lagMs }] = await Promise.all([
      cluster.ledger.count().catch(() => '?'),
      cluster.inbox.health(),
    ])
    if (isOver) return
    const inbox = reachable ? [depth, `${(lagMs / 1_000).toFixed(1)} s`] : ['?', '?']
    screen.status(layOut([seconds, load.begun, load.acknowledged, handled, ...inbox, chaos.kills.length]))
  }
  screen.line(screen.bold(layOut(COLUMNS)))
  const timer = setInterval(show, 1_000)
  return {
    stop() {
      isOver = true
      clearInterval(timer)
    },
  }
}

/** Each cell under its heading. */
function layOut(cells: readonly (string | number)[]): string {
  const widths = COLUMNS.map((heading) => Math.max(heading.length, LEAST_WIDTH))
  return cells.map((cell, index) => String(cell).padStart(widths[index] ?? 0)).join('  ')
}
