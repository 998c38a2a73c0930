import { type ChildProcess, spawn } from 'node:child_process'
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

/** A server that runs in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  /** Ends it as a power cut would: SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>
  /** Asks it to end: SIGTERM. Resolves to its exit code, `null` when a signal ended it. */
  stop(): Promise<number | null>
}

/** Resolves when the server accepts connections. Rejects, with what it wrote, when it ends before. */
export async function startServer({
  entry,
  port,
  cwd,
  env,
  onLine,
}: ServerProcessOptions): Promise<ServerProcess> {
  // What this process imports from source, the server does too.
  const conditions = process.execArgv.filter((argument) => argument.startsWith('--conditions='))
  const child = spawn(process.execPath, [...conditions, fileURLToPath(entry)], {
    cwd,
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (written.length < 100) written.push(line)
      onLine?.(line)
    })
  }
  const exited = once(child, 'exit')
  while (!(await accepts(port))) {
    if (hasEnded(child)) throw new Error(`The server ended before it listened:\n${written.join('\n')}`)
    await delay(10)
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    await exited
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

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
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
