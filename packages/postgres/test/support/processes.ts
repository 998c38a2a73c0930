import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))

/** A worker in a process of its own. It is killed when the test is over. */
export interface WorkerProcess {
  readonly lines: readonly string[]
  /** Resolves when it has said so many lines that start so. */
  saying(start: string, times?: number): Promise<void>
  /** Ends it as a power cut would: no handler of its own runs. */
  kill(): Promise<void>
}

export function startWorkerProcess(url: string, takesMs: number): WorkerProcess {
  const args = ['--conditions=@kyc-webhooks/source', CHILD, url, String(takesMs)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    lines,
    async saying(start, times = 1) {
      while (lines.filter((line) => line.startsWith(start)).length < times) {
        const ended = await Promise.race([once(output, 'line').then(() => false), exit.then(() => true)])
        if (ended) throw new Error(`the process ended without saying "${start}": ${lines.join(' | ')}`)
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}
