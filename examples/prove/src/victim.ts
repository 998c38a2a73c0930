import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FaultPoint } from './fault-points.ts'

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url))
const WATCH = new URL('./watch.ts', import.meta.url).href
const END_WITH_PARENT = new URL('../../harness/src/end-with-parent.ts', import.meta.url).href

export interface VictimOptions {
  port: number
  inbox: string
  journal: string
  /** Where it dies, and at which of the times that it gets there. @default nowhere */
  fault?: { point: FaultPoint; passes: number } | undefined
  /** Further variables. */
  env?: Readonly<Record<string, string>>
}

/** A server that may die. */
export interface Victim {
  readonly pid: number
  /** Resolves to the signal or the code that it ended with. */
  readonly ended: Promise<string | number | null>
  kill(): Promise<void>
}

export function startVictim({ port, inbox, journal, fault, env }: VictimOptions): Victim {
  const conditions = process.execArgv.filter((argument) => argument.startsWith('--conditions='))
  const watching = fault === undefined ? '' : `--import=${WATCH}`
  const child = spawn(process.execPath, [...conditions, '--import', END_WITH_PARENT, SERVER], {
    env: {
      ...process.env,
      // Variables, because the thread of the inbox takes no flags from the process that it is part of.
      NODE_OPTIONS: [...conditions, watching].join(' ').trim(),
      PORT: String(port),
      INBOX: inbox,
      JOURNAL: journal,
      ...(fault && { FAULT_POINT: fault.point, FAULT_PASSES: String(fault.passes) }),
      ...env,
    },
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code)
  return {
    pid: child.pid ?? 0,
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
