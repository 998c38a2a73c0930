import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface ServerProcessOptions {
  /** The module to run. */
  entry: URL
  /** Where it shall listen; it gets the variable `PORT`. */
  port: number
  /** Its working directory: where its files go. @default that of this process */
  cwd?: string
  /** Further variables. */
  env: Readonly<Record<string, string>>
  /** Gets each line that it writes, to standard output or standard error. */
  onLine?: (line: string) => void
}

const END_WITH_PARENT = new URL('./end-with-parent.ts', import.meta.url).href

/** Longer than any server takes to start, on however busy a machine. */
const START_LIMIT_MS = 30_000

/** A server that runs in a process of its own, and ends with this one. */
export interface ServerProcess {
  readonly pid: number
  /** Ends it as a power cut would: SIGKILL. Resolves when it is gone, at once if it is. */
  kill(): Promise<void>
  /** Asks it to end: SIGTERM. Resolves to its exit code, `null` when a signal ended it. */
  stop(): Promise<number | null>
}

/** Resolves when the server accepts connections. Rejects, with what it wrote, when it ends before or takes too long. */
export async function startServer({
  entry,
  port,
  cwd,
  env,
  onLine,
}: ServerProcessOptions): Promise<ServerProcess> {
  // What this process imports from source, the server does too.
  const conditions = process.execArgv.filter((argument) => argument.startsWith('--conditions='))
  const args = [...conditions, '--import', END_WITH_PARENT, fileURLToPath(entry)]
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: 'pipe',
  })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (written.length < 100) written.push(line)
      onLine?.(line)
    })
  }
  // Not `exit`: by then, not all that it wrote has been read.
  const closed = once(child, 'close')
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    await closed
  }
  const startedAt = performance.now()
  while (!(await accepts(port))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    if (hasEnded || performance.now() - startedAt > START_LIMIT_MS) {
      await end('SIGKILL')
      throw new Error(`The server did not get to listen. It wrote:\n${written.join('\n')}`)
    }
    await delay(10)
  }
  return {
    pid: child.pid ?? 0,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      return child.exitCode
    },
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
