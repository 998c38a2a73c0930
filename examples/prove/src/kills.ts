import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort, readJsonLines, startLoad, temporaryFolder } from '@kyc-webhooks/example-harness'
import { FAULT_POINTS, type FaultPoint } from './fault-points.ts'
import { openInbox } from './open-inbox.ts'
import { startVictim } from './victim.ts'

/** What killed processes came to. */
export interface KillAccount {
  kills: Partial<Record<FaultPoint, number>>
  deliveries: number
  /** Events that were acknowledged. */
  acknowledged: number
  /** Events that the handler finished. */
  handled: number
  /** Of these, those that it finished more than once. */
  handledTwice: number
  /** Acknowledged and never handled. */
  lost: number
}

export interface KillOptions {
  kills: number
  seed: number
  /** Where the inbox is, for `openInbox`: empty. @default an SQLite file in a folder of its own */
  place?: string | undefined
  /** @default all */
  points?: readonly FaultPoint[]
  /** Told of each kill. */
  onKill?: (point: FaultPoint, kills: number) => void
}

/** Longer than a process takes to any point, on however busy a machine. */
const PATIENCE_MS = 120_000

/** Kills server after server under load, at each point in turn, at the first time it gets there or a later one. Throws when one does not die there. */
export async function killServers({
  kills,
  seed,
  place,
  points = FAULT_POINTS,
  onKill,
}: KillOptions): Promise<KillAccount> {
  const folder = await temporaryFolder()
  const inbox = place ?? join(folder.path, 'kyc-webhooks.db')
  const common = { inbox, journal: join(folder.path, 'events.jsonl'), port: await freePort() }
  const load = startLoad(`http://127.0.0.1:${common.port}`, seed)
  const counts: KillAccount['kills'] = {}
  try {
    for (let index = 0; index < kills; index++) {
      const point = points[index % points.length] as FaultPoint
      const passes = 1 + ((index * 7 + seed) % 12)
      const victim = startVictim({ ...common, fault: { point, passes } })
      const end = await Promise.race([victim.ended, delay(PATIENCE_MS, 'never', { ref: false })])
      if (end !== 'SIGKILL') {
        await victim.kill()
        throw new Error(`told to die ${point}, time ${passes}, the server ended by ${end}`)
      }
      counts[point] = (counts[point] ?? 0) + 1
      onKill?.(point, index + 1)
    }
    const last = startVictim(common)
    await load.stop()
    await handleAll(inbox)
    await last.kill()
    const { deliveries, ...account } = accountOf(load.acknowledged, common.journal, load.reports.length)
    return { kills: counts, deliveries, ...account }
  } finally {
    load.abort()
    await folder.remove()
  }
}

/** Resolves when nothing is left to hand to a handler; what ran out of attempts by being killed gets fresh ones. */
async function handleAll(place: string): Promise<void> {
  const inbox = openInbox(place)
  try {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(50)) {
      const dead = await inbox.events({ state: 'dead' })
      await inbox.retry(dead.map(({ seq }) => seq))
      const { waiting, running } = await inbox.stats()
      if (waiting + running === 0) return
    }
    throw new Error('events are left that nobody handles')
  } finally {
    await inbox.close()
  }
}

function accountOf(
  acknowledged: ReadonlySet<string>,
  journal: string,
  deliveries: number,
): Omit<KillAccount, 'kills'> {
  const times = new Map<string, number>()
  for (const { id } of readJsonLines<{ id: string }>(journal)) times.set(id, (times.get(id) ?? 0) + 1)
  return {
    deliveries,
    acknowledged: acknowledged.size,
    handled: times.size,
    handledTwice: [...times.values()].filter((count) => count > 1).length,
    lost: [...acknowledged].filter((id) => !times.has(id)).length,
  }
}
