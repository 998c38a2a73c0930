import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const KEEPER = fileURLToPath(new URL('./database-keeper.ts', import.meta.url))

/** A database that nobody else uses. */
export interface OwnDatabase {
  url: string
  /** Server and name, without who connects. */
  label: string
  /** Deletes it, whoever is connected; ends the server when it was started for it. Happens also when this process dies. */
  drop(): Promise<void>
}

/** On the server of `TEST_POSTGRES_URL`, else on one of this machine, else on one that is started for it. */
export async function createOwnDatabase(): Promise<OwnDatabase> {
  const conditions = process.execArgv.filter((argument) => argument.startsWith('--conditions='))
  const keeper = spawn(process.execPath, [...conditions, KEEPER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Out of reach of a terminal's Ctrl-C: Postgres is the last to end.
    detached: true,
  })
  const closed = once(keeper, 'close')
  const lines = createInterface({ input: keeper.stdout })
  const [line] = await Promise.race([once(lines, 'line'), closed.then(() => [])])
  if (typeof line !== 'string') throw new Error('There is no Postgres, and none can be started')
  const { host, pathname } = new URL(line)
  return {
    url: line,
    label: host + pathname,
    async drop() {
      keeper.stdin.end()
      await closed
    },
  }
}
