import type { Inbox } from '@kyc-webhooks/core'
import { freePort, secretsEnvironment } from '@kyc-webhooks/example-harness'
import { type Ledger, openLedger } from './ledger.ts'
import { type Kind, Member } from './member.ts'
import { openInbox } from './open-inbox.ts'
import { createOwnDatabase } from './own-database.ts'
import { startProxy } from './proxy.ts'

/** Two receivers, two workers, a Postgres, a proxy in front, and everything that can be seen of them from outside. */
export interface Cluster {
  /** Of the proxy. */
  url: string
  receivers: readonly Member[]
  workers: readonly Member[]
  /** For people. */
  database: string
  ledger: Ledger
  /** The inbox of all of them, looked at from this process. */
  inbox: Inbox
  /** Ends all processes in order, and removes the database. */
  clear(): Promise<void>
}

export interface ClusterOptions {
  /** Gets each line that a process writes. @default nobody */
  onLine?: (line: string) => void
}

export async function startCluster({ onLine = () => {} }: ClusterOptions = {}): Promise<Cluster> {
  const undo: (() => Promise<unknown>)[] = []
  /** In reverse order; all of them, also when one fails. */
  async function clear(): Promise<void> {
    for (const step of undo.splice(0).reverse()) await step().catch((error) => onLine(`clearing: ${error}`))
  }
  try {
    const database = await createOwnDatabase()
    undo.push(() => database.drop())
    const ledger = await openLedger(database.url)
    undo.push(() => ledger.close())
    const inbox = openInbox(database.url, 2)
    undo.push(() => inbox.close())

    const env = { ...secretsEnvironment, DATABASE_URL: database.url }
    const member = async (kind: Kind, number: number) =>
      new Member({ kind, name: `${kind}-${number}`, port: await freePort(), env, onLine })
    const receivers = [await member('receiver', 1), await member('receiver', 2)]
    const workers = [await member('worker', 1), await member('worker', 2)]
    const members = [...receivers, ...workers]
    undo.push(() => Promise.all(members.map((each) => each.stop())))
    // All at once: whoever comes first makes the tables of the inbox.
    await all([inbox.open(), ...members.map((each) => each.start())])

    const proxy = await startProxy(receivers.map(({ port }) => port))
    undo.push(() => proxy.close())
    return { url: proxy.url, receivers, workers, database: database.label, ledger, inbox, clear }
  } catch (error) {
    await clear()
    throw error
  }
}

/** Waits for all of them, whether or not one fails: what one of them starts is there to be ended. */
async function all(steps: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(steps)
  await Promise.all(steps)
}
