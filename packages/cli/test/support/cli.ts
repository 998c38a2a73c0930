import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { secretsEnvironment } from './secrets.ts'

export const main: string = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  /** Further variables; `undefined` takes one away. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
}

/** A command that goes on until it is told to end. */
export interface Running {
  /** Resolves to the first line of standard output that `find` likes. Rejects when the process ends before. */
  line(find: (line: string) => boolean): Promise<string>
  /** Lines of standard output so far. */
  lines(): string[]
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ran>
}

/**
 * Starts the command line as a child process, without a terminal. `ended` rejects when it wrote a secret, a colour, or a
 * stack: no command ever may.
 */
export function startKyc(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, ['--conditions=@kyc-webhooks/source', main, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  const heard = new EventEmitter()
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
    heard.emit('output')
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const closed = once(child, 'close')
  const lines = () => stdout.split('\n').slice(0, -1)
  return {
    lines,
    kill: (signal) => child.kill(signal),
    async line(find) {
      for (;;) {
        const found = lines().find(find)
        if (found !== undefined) return found
        const over = await Promise.race([once(heard, 'output').then(() => false), closed.then(() => true)])
        if (over && !lines().some(find)) throw new Error(`it ended before:\n${stdout}${stderr}`)
      }
    },
    ended: closed.then(([code]) => {
      checkOutput(stdout + stderr)
      return { code, stdout, stderr }
    }),
  }
}

/** Runs a command to its end. */
export function kyc(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return startKyc(args, options).ended
}

/** ... with `--json`: each line parsed. */
export async function kycJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran & { values: ReturnType<typeof JSON.parse>[] }> {
  const ran = await kyc([...args, '--json'], options)
  const values = ran.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  return { ...ran, values }
}

export function environment(env: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env
  return { ...inherited, NODE_OPTIONS: '', ...secretsEnvironment, ...env }
}

export function checkOutput(text: string): void {
  for (const [name, secret] of Object.entries(secretsEnvironment)) {
    if (text.includes(secret)) throw new Error(`the value of ${name} was written:\n${text}`)
  }
  if (text.includes('\u001b')) throw new Error(`an escape code was written to what is no terminal:\n${text}`)
  if (/^ {4}at .+:\d+:\d+/m.test(text)) throw new Error(`a stack was written:\n${text}`)
}
