import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
const ARGS = ['--conditions=@kyc-webhooks/source', CHILD]

/** A process on an inbox, and what it has said. */
export interface InboxProcess {
  readonly lines: readonly string[]
  /** Resolves to the first line that starts so, now or later. */
  saying(start: string): Promise<string>
  /** Ends it as a power cut would: no handler of its own runs. */
  kill(): Promise<void>
  /** Resolves to its exit code. */
  ended(): Promise<number | null>
}

export interface ProcessOptions {
  /** Run as this user. */
  uid?: number
  /** Largest file that it may write, in blocks of the shell's `ulimit -f`. */
  maxFileBlocks?: number
}

/** Starts `child.ts` in a role. It is killed when the test is over. */
export function startProcess(
  role: string,
  file: string,
  options: object = {},
  { uid, maxFileBlocks }: ProcessOptions = {},
): InboxProcess {
  const args = [...ARGS, role, file, JSON.stringify(options)]
  const limited = ['-c', `ulimit -f ${maxFileBlocks}; exec "$0" "$@"`, process.execPath, ...args]
  const child = spawn(
    ...((maxFileBlocks === undefined ? [process.execPath, args] : ['sh', limited]) as [string, string[]]),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(uid === undefined ? {} : { uid }),
    },
  )
  return follow(child)
}

/** Runs a file in this folder, with so much memory for its objects, in megabytes. It is killed when the test is over. */
export function startFile(name: string, args: readonly string[], memory: number): InboxProcess {
  const file = fileURLToPath(new URL(name, import.meta.url))
  const node = [`--max-old-space-size=${memory}`, '--conditions=@kyc-webhooks/source', file]
  // What V8 has to say when there is no memory left is no news here.
  return follow(spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }))
}

function follow(child: ChildProcess): InboxProcess {
  const lines: string[] = []
  const exit = once(child, 'exit')
  const output = createInterface({ input: child.stdout ?? process.stdin })
  output.on('line', (line) => lines.push(line))
  const closed = once(output, 'close')
  onTestFinished(() => void child.kill('SIGKILL'))

  return {
    lines,
    async saying(start) {
      for (;;) {
        const line = lines.find((line) => line.startsWith(start))
        if (line !== undefined) return line
        const ended = await Promise.race([once(output, 'line').then(() => false), closed.then(() => true)])
        if (ended) throw new Error(`the process ended without saying "${start}": ${lines.join(' | ')}`)
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await Promise.all([exit, closed])
    },
    async ended() {
      const [[code]] = await Promise.all([exit, closed])
      return code
    },
  }
}
