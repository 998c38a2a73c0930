import { PgBoss } from 'pg-boss'
import type { Database } from './database.ts'
import type { PostgresSettings } from './options.ts'

/** A call to the server that takes longer has failed, in milliseconds: a connection that hangs is given up. */
const QUERY_TIMEOUT_MS = 20_000
/** How often to look for workers that died, in seconds. One instance at a time does. */
const LOOK_FOR_DEAD_S = 5

/** pg-boss for who only makes jobs: one connection, no timers of maintenance. */
export function sendingBoss(database: Database, settings: PostgresSettings): PgBoss {
  return makeBoss(database, settings, { max: 1, supervise: false, useListenNotify: false })
}

/** Starts pg-boss for who runs them: it hears of new jobs, and looks after jobs whose worker died. */
export async function startWorking(database: Database, settings: PostgresSettings): Promise<PgBoss> {
  const intervals = { superviseIntervalSeconds: LOOK_FOR_DEAD_S, monitorIntervalSeconds: LOOK_FOR_DEAD_S }
  const options = { max: 4, supervise: true, useListenNotify: true, ...intervals }
  const boss = makeBoss(database, settings, options)
  try {
    return await boss.start()
  } catch (error) {
    // Its connections would stay open, and the next try makes others.
    await boss.stop({ graceful: false }).catch(() => {})
    throw error
  }
}

function makeBoss(
  { connection }: Database,
  { bossSchema, migrate, commitTimeoutMs }: PostgresSettings,
  options: { max: number; supervise: boolean; useListenNotify: boolean },
): PgBoss {
  const boss = new PgBoss({
    ...connection,
    application_name: 'kyc-webhooks pg-boss',
    connectionTimeoutMillis: commitTimeoutMs,
    // Passed through to the driver.
    ...{ query_timeout: QUERY_TIMEOUT_MS, keepAlive: true },
    schema: bossSchema,
    migrate,
    schedule: false,
    maintenanceIntervalSeconds: 60,
    ...options,
  } as ConstructorParameters<typeof PgBoss>[0] & object)
  // It goes on by itself. Unheard, the event would end the process.
  boss.on('error', () => {})
  return boss
}
