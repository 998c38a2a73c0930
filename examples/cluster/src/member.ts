import { setTimeout as delay } from 'node:timers/promises'
import { type ServerProcess, startServer } from '@kyc-webhooks/example-harness'

export type Kind = 'receiver' | 'worker'

const ENTRIES: Record<Kind, URL> = {
  receiver: new URL('./receiver.ts', import.meta.url),
  worker: new URL('./worker.ts', import.meta.url),
}

/** Longer than an orderly end takes. */
const STOP_LIMIT_MS = 20_000

export interface MemberOptions {
  kind: Kind
  /** `receiver-1`. */
  name: string
  port: number
  /** Variables of its processes. */
  env: Readonly<Record<string, string>>
  /** Gets each line that its processes write. */
  onLine: (line: string) => void
}

/** A process that was killed. */
export interface Kill {
  kind: Kind
  /** `worker-1.2` is the second process of worker 1. */
  process: string
  pid: number
  /** In milliseconds since the epoch. */
  at: number
}

/** A member of the cluster: one process after another, on one port. */
export class Member {
  readonly kind: Kind
  readonly port: number
  readonly #options: MemberOptions
  #starts = 0
  #pid = 0
  #server: Promise<ServerProcess> | undefined

  constructor(options: MemberOptions) {
    this.kind = options.kind
    this.port = options.port
    this.#options = options
  }

  /** The process that runs now, or ran last. */
  get process(): string {
    return `${this.#options.name}.${this.#starts}`
  }

  /** Of that process; 0 before the first one runs. */
  get pid(): number {
    return this.#pid
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    this.#starts += 1
    const { kind, port, env, onLine } = this.#options
    const { process } = this
    this.#server = startServer({
      entry: ENTRIES[kind],
      port,
      env: { ...env, PROCESS_NAME: process },
      onLine: (line) => onLine(`${process}: ${line}`),
    })
    this.#pid = (await this.#server).pid
  }

  /** `kill -9`, as soon as it accepts connections. Resolves when the process is gone. */
  async kill(): Promise<Kill> {
    const server = await this.#server
    const { kind, process, pid } = this
    const at = Date.now()
    await server?.kill()
    return { kind, process, pid, at }
  }

  /** SIGTERM, as soon as it accepts connections. Resolves to the exit code; to `null` when it was, or had to be, killed. */
  async stop(): Promise<number | null> {
    // One that did not start is gone.
    const server = await this.#server?.catch(() => undefined)
    if (server === undefined) return null
    const limit = new AbortController()
    delay(STOP_LIMIT_MS, undefined, { signal: limit.signal }).then(
      () => server.kill(),
      () => {},
    )
    try {
      return await server.stop()
    } finally {
      limit.abort()
    }
  }
}
