import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A process of a test's own. It is killed when the test is over. */
export interface TestProcess {
  readonly lines: readonly string[]
  /** Resolves when it has said so many lines that start so. */
  saying(start: string, times?: number): Promise<void>
  /** Ends it as a power cut would: no handler of its own runs. */
  kill(): Promise<void>
}

/** A worker whose handler takes so long. */
export function startWorkerProcess(url: string, takesMs: number): TestProcess {
  return start('./child.ts', [url, String(takesMs)])
}

/** `move-child.ts` in a role. */
export function startMoveProcess(...args: ['pour' | 'move', ...string[]]): TestProcess {
  return start('./move-child.ts', args)
}

function start(file: string, args: readonly string[]): TestProcess {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@kyc-webhooks/source', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  const closed = once(output, 'close')
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    lines,
    async saying(start, times = 1) {
      while (lines.filter((line) => line.startsWith(start)).length < times) {
        const ended = await Promise.race([once(output, 'line').then(() => false), closed.then(() => true)])
        if (ended) throw new Error(`the process ended without saying "${start}": ${lines.join(' | ')}`)
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await Promise.all([exit, closed])
    },
  }
}
