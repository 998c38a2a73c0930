import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ChildOptions {
  env?: Record<string, string> | undefined
  /** A descriptor for its standard output. @default that of this process's standard error */
  stdout?: number | undefined
}

/** A process of this folder that is told its order as JSON, and talks in messages. */
export class Child {
  readonly #process: ChildProcess
  readonly #exit: Promise<never>
  readonly #said = new Map<string, PromiseWithResolvers<Record<string, unknown>>>()

  constructor(file: string, order: object, { env = {}, stdout = 2 }: ChildOptions = {}) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url))
    this.#process = spawn(process.execPath, [...process.execArgv, path, JSON.stringify(order)], {
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
    })
    this.#exit = once(this.#process, 'exit').then(([code, signal]) => {
      throw new Error(`${file} ended with ${code ?? signal}`)
    })
    this.#exit.catch(() => {})
    this.#process.on('message', (message: { type: string }) =>
      this.#word(message.type).resolve({ ...message }),
    )
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Resolves when the child says it, or has said it; each word once. Rejects when it ends before. */
  async hear(type: string): Promise<Record<string, unknown>> {
    const message = await Promise.race([this.#word(type).promise, this.#exit])
    this.#said.delete(type)
    return message
  }

  tell(type: string, fields: object = {}): void {
    this.#process.send({ type, ...fields })
  }

  /** Resolves when it is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#process.kill(signal)
    await this.#exit.catch(() => {})
  }

  /** Has it end by itself. Resolves when it is gone. */
  async exit(): Promise<void> {
    if (this.#process.connected) this.tell('exit')
    await this.#exit.catch(() => {})
  }

  #word(type: string): PromiseWithResolvers<Record<string, unknown>> {
    const word = this.#said.get(type) ?? Promise.withResolvers()
    this.#said.set(type, word)
    return word
  }
}
