import { KycWebhookError } from '../errors.ts'
import { GroupCommit } from './group-commit.ts'
import type { Inbox, Work } from './inbox.ts'
import type { InboxEngine, Outcome, Receipt } from './port.ts'
import { EventWorker } from './worker.ts'

export interface InboxOptions {
  /** Receipts that may wait for a commit; one more is refused (503). @default 4096 */
  maxQueued?: number
  /** Bytes of bodies that may wait for a commit; more are refused (503). @default 67_108_864 (64 MiB) */
  maxQueuedBytes?: number
  /** How often rows whose time is over are deleted, in milliseconds. @default 60_000 */
  purgeEveryMs?: number
  /** For tests: milliseconds since the epoch. @default Date.now */
  now?: () => number
}

/** Rows deleted in one step: a purge never holds the store for long. */
const PURGE_CHUNK = 500
/** After a failed opening: deliveries meanwhile are turned away without trying each. */
const REOPEN_AFTER_MS = 1_000

/** Makes an inbox of a storage engine: group commit above it, and workers. */
export function createInbox(engine: InboxEngine, options: InboxOptions = {}): Inbox {
  return new EngineInbox(engine, options)
}

class EngineInbox implements Inbox {
  readonly name: string
  readonly durable: boolean
  readonly #engine: InboxEngine
  readonly #now: () => number
  readonly #purgeEveryMs: number
  readonly #commits: GroupCommit
  readonly #workers = new Map<string, EventWorker>()
  #opening: Promise<void> | undefined
  #isOpen = false
  #failedAt: number | undefined
  #purgeTimer: NodeJS.Timeout | undefined
  #purging: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(engine: InboxEngine, options: InboxOptions) {
    this.name = engine.name
    this.durable = engine.durable
    this.#engine = engine
    this.#now = options.now ?? Date.now
    this.#purgeEveryMs = options.purgeEveryMs ?? 60_000
    const { maxQueued = 4_096, maxQueuedBytes = 67_108_864 } = options
    this.#commits = new GroupCommit(engine, { maxQueued, maxQueuedBytes }, (receiver) =>
      this.#workers.get(receiver)?.wake(),
    )
  }

  open(): Promise<void> {
    if (this.#closed !== undefined)
      return Promise.reject(new KycWebhookError('inbox-unavailable', 'it is closed'))
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<void> {
    try {
      await this.#engine.open()
      this.#isOpen = true
      this.#purgeTimer = setInterval(() => this.#startPurge(), this.#purgeEveryMs).unref()
    } catch (error) {
      this.#failedAt = performance.now()
      throw error
    }
  }

  /** Opens the store if it is not; one that could not be opened is tried again, but not for each delivery. */
  async #opened(): Promise<void> {
    if (this.#isOpen) return
    if (this.#failedAt !== undefined && performance.now() - this.#failedAt > REOPEN_AFTER_MS) {
      this.#failedAt = undefined
      this.#opening = undefined
    }
    try {
      await this.open()
    } catch (error) {
      throw new KycWebhookError('inbox-unavailable', 'it could not be opened', { cause: error })
    }
  }

  async record(receipt: Receipt): Promise<Outcome> {
    if (!this.#isOpen) await this.#opened()
    return this.#commits.record(receipt)
  }

  work(work: Work): EventWorker {
    if (this.#workers.has(work.receiver)) {
      throw new KycWebhookError('receiver-name-taken', `${work.receiver}; give one of them another \`name\``)
    }
    const worker = new EventWorker(work, this.#engine, this.#commits, {
      opened: () => this.#opened(),
      onStopped: () => this.#workers.delete(work.receiver),
    })
    this.#workers.set(work.receiver, worker)
    worker.wake()
    return worker
  }

  #startPurge(): void {
    this.#purging = this.#purging.then(() => this.#purge()).catch(() => {})
  }

  async #purge(): Promise<void> {
    while (
      this.#closed === undefined &&
      (await this.#engine.purge(this.#now(), PURGE_CHUNK)) >= PURGE_CHUNK
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50).unref())
    }
  }

  async stats() {
    await this.#opened()
    return this.#engine.stats()
  }

  async events(query = {}) {
    await this.#opened()
    return this.#engine.events(query)
  }

  async quarantined(query = {}) {
    await this.#opened()
    return this.#engine.quarantined(query)
  }

  async retry(seqs: readonly number[]): Promise<number> {
    await this.#opened()
    const retried = await this.#engine.retry(seqs, this.#now())
    for (const worker of this.#workers.values()) worker.wake()
    return retried
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    clearInterval(this.#purgeTimer)
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(0)))
    await this.#commits.drain()
    await this.#purging
    this.#isOpen = false
    await this.#opening?.then(
      () => this.#engine.close(),
      () => {},
    )
  }
}
