import { Worker } from 'node:worker_threads'
import { KycWebhookError, type MovedRows, type RewrittenRows } from '@kyc-webhooks/core'
import type { Failure } from './failure.ts'
import { type Host, toError } from './inline-host.ts'
import type { Store, StoreMethod } from './store.ts'

/** What the thread starts with. */
export interface WorkerData {
  file: string
  migrate: boolean
}

/** To the thread. */
export interface Call {
  id: number
  method: StoreMethod | 'open'
  args: readonly unknown[]
}

/** Back from the thread. */
export interface Answer {
  id: number
  value?: unknown
  failure?: Failure
}

/** Beside this file, both in the sources and in `dist`. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** The store in a thread of its own: the event loop never waits for the disk. */
export async function threadHost(file: string, migrate: boolean, onDeath: () => void): Promise<Host> {
  const thread = new StoreThread({ file, migrate }, onDeath)
  try {
    await thread.post('open', [])
    return thread
  } catch (error) {
    await thread.end()
    throw error
  }
}

class StoreThread implements Host {
  readonly #worker: Worker
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #lastId = 0
  /** Set: nobody answers any more. */
  #end: KycWebhookError | undefined

  constructor(workerData: WorkerData, onDeath: () => void) {
    // The application's flags (`--import`, `--inspect-brk`, `--input-type`) are not for this thread.
    this.#worker = new Worker(WORKER, { workerData, execArgv: [], name: 'kyc-webhooks' })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('messageerror', () => void this.#worker.terminate())
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => {
      this.#fail(new Error('it ended'))
      onDeath()
    })
  }

  call<M extends StoreMethod>(method: M, args: Parameters<Store[M]>): Promise<ReturnType<Store[M]>> {
    return this.post(method, compacted(method, args)) as Promise<ReturnType<Store[M]>>
  }

  async close(): Promise<void> {
    await this.post('close', [])
    await this.end()
  }

  post(method: Call['method'], args: readonly unknown[]): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    const id = ++this.#lastId
    const answer = Promise.withResolvers<unknown>()
    const call: Call = { id, method, args }
    this.#worker.postMessage(call)
    this.#pending.set(id, answer)
    // A call under way keeps the process alive, an idle thread does not.
    this.#worker.ref()
    return answer.promise
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle({ id, value, failure }: Answer): void {
    const answer = this.#pending.get(id)
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#worker.unref()
    if (failure === undefined) answer?.resolve(value)
    else answer?.reject(toError(failure))
  }

  /** The thread is gone; whether it carried out what it was asked, nobody knows. */
  #fail(cause: Error): void {
    const error = new KycWebhookError('inbox-unavailable', 'the storage thread ended', { cause })
    this.#end = error
    for (const answer of this.#pending.values()) answer.reject(error)
    this.#pending.clear()
  }
}

/** Cloning a view clones all of the buffer under it: for a small body, that is a slab with other deliveries in it. */
function compacted(method: StoreMethod, args: readonly unknown[]): readonly unknown[] {
  if (method === 'rewrite') {
    const { deliveries = [], quarantined = [], unverified = [] } = args[0] as RewrittenRows
    const rows = { quarantined: quarantined.map(compact), unverified: unverified.map(compact) }
    return [{ deliveries: deliveries.map(compact), ...rows }]
  }
  if (method === 'keepUnverified') {
    const [receiver, deliveries, bounds] = args as Parameters<Store['keepUnverified']>
    return [receiver, deliveries.map(compact), bounds]
  }
  if (method !== 'addRows') return args
  const { deliveries = [], quarantined = [], ...rows } = args[0] as MovedRows
  return [{ ...rows, deliveries: deliveries.map(compact), quarantined: quarantined.map(compact) }]
}

function compact<T extends { body: Uint8Array }>(row: T): T {
  const { body } = row
  return body.byteLength === body.buffer.byteLength ? row : { ...row, body: new Uint8Array(body) }
}
