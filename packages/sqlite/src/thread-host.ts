import { Worker } from 'node:worker_threads'
import { KycWebhookError, type Receipt } from '@kyc-webhooks/core'
import type { Failure } from './failure.ts'
import { type Host, toError } from './inline-host.ts'
import type { Store, StoreMethod } from './store.ts'

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
export async function threadHost(file: string, onDeath: () => void): Promise<Host> {
  const thread = new StoreThread(file, onDeath)
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

  constructor(file: string, onDeath: () => void) {
    // The application's flags (`--import`, `--inspect-brk`, `--input-type`) are not for this thread.
    this.#worker = new Worker(WORKER, { workerData: file, execArgv: [], name: 'kyc-webhooks' })
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('messageerror', () => void this.#worker.terminate())
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => {
      this.#fail(new Error('it ended'))
      onDeath()
    })
  }

  call<M extends StoreMethod>(method: M, args: Parameters<Store[M]>): Promise<ReturnType<Store[M]>> {
    const compacted = method === 'commit' ? [(args[0] as Receipt[]).map(compact), args[1]] : args
    return this.post(method, compacted) as Promise<ReturnType<Store[M]>>
  }

  async close(): Promise<void> {
    await this.post('close', [])
    await this.end()
  }

  post(method: Call['method'], args: readonly unknown[]): Promise<unknown> {
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
    for (const answer of this.#pending.values()) answer.reject(error)
    this.#pending.clear()
  }
}

/** Cloning a view clones all of the buffer under it: for a small body, that is a slab with other deliveries in it. */
function compact(receipt: Receipt): Receipt {
  return receipt.body.byteLength === receipt.body.buffer.byteLength
    ? receipt
    : { ...receipt, body: new Uint8Array(receipt.body) }
}
