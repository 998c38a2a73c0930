import { join } from 'node:path'
import {
  freePort,
  type Load,
  readJsonLines,
  type ServerProcess,
  secretsEnvironment,
  startLoad,
  startServer,
  temporaryFolder,
} from '@kyc-webhooks/example-harness'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { onTestFinished, vi } from 'vitest'

/** Processes of an example that follow each other on one port, with the same files, and what is sent to them. */
export interface Run extends Load {
  /** Starts the next process. */
  start(): Promise<ServerProcess>
  /** Resolves when the inbox has no event left to hand to the handler; dead letters get fresh attempts. Resolves to how many there were. */
  drain(): Promise<number>
  /** What was acknowledged, against what the handler wrote. */
  account(): Account
}

export interface Account {
  acknowledged: number
  handled: number
  handledTwice: number
  lost: number
}

/** @param entry the module that each process runs. */
export async function startRun(entry: URL, seed: number): Promise<Run> {
  const folder = await temporaryFolder()
  const [inboxFile, journalFile] = [join(folder.path, 'kyc-webhooks.db'), join(folder.path, 'events.jsonl')]
  const port = await freePort()
  const load = startLoad(`http://127.0.0.1:${port}`, seed)
  let server: ServerProcess | undefined
  onTestFinished(async () => {
    load.abort()
    await server?.kill()
    await folder.remove()
  })
  return {
    ...load,
    async start() {
      server = await startServer({ entry, port, cwd: folder.path, env: secretsEnvironment })
      return server
    },
    async drain() {
      const inbox = sqliteInbox({ file: inboxFile })
      let deadLetters = 0
      try {
        await vi.waitUntil(
          async () => {
            const dead = await inbox.events({ state: 'dead' })
            deadLetters += await inbox.retry(dead.map(({ seq }) => seq))
            const { waiting, running } = await inbox.stats()
            return waiting + running === 0
          },
          { timeout: 30_000, interval: 50 },
        )
        return deadLetters
      } finally {
        await inbox.close()
      }
    },
    account() {
      const times = new Map<string, number>()
      for (const { id } of readJsonLines<{ id: string }>(journalFile)) times.set(id, (times.get(id) ?? 0) + 1)
      return {
        acknowledged: load.acknowledged.size,
        handled: times.size,
        handledTwice: [...times.values()].filter((count) => count > 1).length,
        lost: [...load.acknowledged].filter((id) => !times.has(id)).length,
      }
    },
  }
}
