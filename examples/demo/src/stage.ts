import { join } from 'node:path'
import type { Inbox } from '@kyc-webhooks/core'
import {
  freePort,
  type Providers,
  providers,
  type ServerProcess,
  secretsEnvironment,
  startServer,
  temporaryFolder,
} from '@kyc-webhooks/example-harness'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { Witness } from './witness.ts'

/** A server on this machine, the providers that deliver to it, and everything that can be seen of it from outside. */
export interface Stage {
  url: string
  port: number
  inboxFile: string
  providers: Providers
  witness: Witness
  /** The server's own inbox, looked at from this process. */
  inbox: Inbox
  /** The server that runs now. */
  server: ServerProcess
  /** Starts the server anew, after it was killed. */
  restart(): Promise<void>
  /** Ends the server and removes its files. */
  clear(): Promise<void>
}

/** @param wantedPort is taken if it is free. */
export async function setStage(entry: URL, wantedPort: number): Promise<Stage> {
  const folder = await temporaryFolder()
  const port = await freePort(wantedPort)
  const [inboxFile, handlerFile] = [join(folder.path, 'inbox.db'), join(folder.path, 'handler.jsonl')]
  const witness = new Witness(handlerFile)
  const env = { ...secretsEnvironment, INBOX_FILE: inboxFile, HANDLER_FILE: handlerFile }
  const start = () =>
    startServer({ entry, port, cwd: folder.path, env, onLine: (line) => witness.hear(line) })
  const inbox = sqliteInbox({ file: inboxFile })
  const url = `http://127.0.0.1:${port}`
  const stage: Stage = {
    url,
    port,
    inboxFile,
    // Retries after a tenth of the documented waits.
    providers: providers(url, { timeScale: 0.1 }),
    witness,
    inbox,
    server: await start(),
    async restart() {
      stage.server = await start()
    },
    async clear() {
      await stage.server.stop()
      await inbox.close()
      await folder.remove()
    },
  }
  return stage
}
