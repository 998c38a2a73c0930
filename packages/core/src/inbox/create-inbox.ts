import { errorName } from '../error-text.ts'
import { KycWebhookError } from '../errors.ts'
import { duration, positive } from '../option-checks.ts'
import { GroupCommit } from './group-commit.ts'
import type { Inbox, Work } from './inbox.ts'
import { openFailure } from './open-failure.ts'
import type {
  DiscardRequest,
  EventQuery,
  EventRecord,
  InboxEngine,
  InboxStats,
  Outcome,
  PageQuery,
  QuarantineRecord,
  Receipt,
} from './port.ts'
import { Purger } from './purger.ts'
import { redrive } from './redrive.ts'
import { EventWorker } from './worker.ts'

export interface InboxOptions {
  /** Receipts that may wait for their outcome; one more is refused (503). @default 4096 */
  maxQueued?: number
  /** Bytes of bodies that may wait for their outcome; more are refused (503), unless nothing else waits. @default 67_108_864 (64 MiB) */
  maxQueuedBytes?: number
  /** How often rows whose time is over are deleted, in milliseconds. @default 60_000 */
  purgeEveryMs?: number
  /** For tests: milliseconds since the epoch. @default Date.now */
  now?: () => number
}

/** After a failed opening: deliveries meanwhile are turned away without trying each. */
const REOPEN_AFTER_MS = 1_000

/** Makes an inbox of a storage engine: group commit above it, and workers. Throws `option-invalid`. */
export function createInbox(engine: InboxEngine, options: InboxOptions = {}): Inbox {
  return new EngineInbox(engine, options)
}

class EngineInbox implements Inbox {
  readonly name: string
  readonly durable: boolean
  readonly #engine: InboxEngine
  readonly #now: () => number
  readonly #commits: GroupCommit
  readonly #purger: Purger
  readonly #workers = new Map<string, EventWorker>()
  #isOpen = false
  #opening: Promise<void> | undefined
  #failure: { error: unknown; at: number } | undefined
  #closed: Promise<void> | undefined

  constructor(engine: InboxEngine, options: InboxOptions) {
    const { maxQueued = 4_096, maxQueuedBytes = 67_108_864, purgeEveryMs = 60_000, now = Date.now } = options
    const limits = {
      maxQueued: positive('maxQueued', maxQueued, 0),
      maxQueuedBytes: positive('maxQueuedBytes', maxQueuedBytes, 0),
    }
    this.name = engine.name
    this.durable = engine.durable
    this.#engine = engine
    this.#now = now
    // Receipts queue while the store is being opened, so that no more of them wait than may.
    const commit: InboxEngine['commit'] = async (receipts, settlements) => {
      if (!this.#isOpen) await this.#opened()
      return engine.commit(receipts, settlements)
    }
    this.#commits = new GroupCommit({ commit }, limits, (receiver) => this.#workers.get(receiver)?.wake())
    this.#purger = new Purger(engine, {
      everyMs: duration('purgeEveryMs', purgeEveryMs),
      now,
      onFailing: (error, failures) => this.#tellPurgeFailing(error, failures),
    })
  }

  async open(): Promise<void> {
    this.#refuseWhenClosed()
    await this.#open()
  }

  #open(): Promise<void> {
    this.#opening ??= this.#engine.open().then(
      () => {
        this.#isOpen = true
        this.#purger.start()
      },
      (cause: unknown) => {
        const error = openFailure(cause)
        this.#failure = { error, at: performance.now() }
        this.#opening = undefined
        throw error
      },
    )
    return this.#opening
  }

  /** Opens the store if it is not; one that could not be opened is tried again, but not for each delivery. */
  async #opened(): Promise<void> {
    if (this.#isOpen) return
    try {
      const { error, at } = this.#failure ?? { error: undefined, at: Number.NEGATIVE_INFINITY }
      if (this.#opening === undefined && performance.now() - at < REOPEN_AFTER_MS) throw error
      await this.#open()
    } catch (error) {
      const { code, message } = openFailure(error)
      throw code === 'inbox-unavailable'
        ? error
        : new KycWebhookError('inbox-unavailable', message, { cause: error })
    }
  }

  async record(receipt: Receipt): Promise<Outcome> {
    this.#refuseWhenClosed()
    return this.#commits.record(receipt)
  }

  work(work: Work): EventWorker {
    this.#refuseWhenClosed()
    if (this.#workers.has(work.receiver)) {
      throw new KycWebhookError('receiver-name-taken', `${work.receiver}; give one of them another \`name\``)
    }
    const worker = new EventWorker(work, this.#engine, this.#commits, {
      opened: () => this.#opened(),
      onStopped: () => this.#workers.delete(work.receiver),
    })
    this.#workers.set(work.receiver, worker)
    return worker
  }

  async stats(): Promise<InboxStats> {
    await this.#ready()
    return this.#engine.stats()
  }

  async events(query: EventQuery = {}): Promise<EventRecord[]> {
    await this.#ready()
    return this.#engine.events(query)
  }

  async quarantined(query: PageQuery = {}): Promise<QuarantineRecord[]> {
    await this.#ready()
    return this.#engine.quarantined(query)
  }

  async retry(seqs: readonly number[]): Promise<number> {
    await this.#ready()
    const retried = await this.#engine.retry(seqs, this.#now())
    for (const worker of this.#workers.values()) worker.wake()
    return retried
  }

  async redrive(seq: number): Promise<Outcome> {
    return redrive(this, (receiver) => this.#workers.get(receiver)?.work, seq)
  }

  async discard(what: DiscardRequest): Promise<number> {
    await this.#ready()
    return this.#engine.discard(what)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(0)))
    await this.#commits.drain()
    // What was recorded while it was being opened has waited for that; with nothing recorded, nobody has.
    await this.#opening?.catch(() => {})
    await this.#purger.stop()
    if (this.#isOpen) await this.#engine.close()
  }

  async #ready(): Promise<void> {
    this.#refuseWhenClosed()
    await this.#opened()
    this.#refuseWhenClosed()
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw new KycWebhookError('inbox-unavailable', 'it is closed')
  }

  /** Old rows cost space, not events: nothing stops. The log of any of its receivers will do. */
  #tellPurgeFailing(error: unknown, failures: number): void {
    const [worker] = this.#workers.values()
    worker?.logger.error(
      { inbox: this.name, code: errorName(error), failures },
      'rows whose time is over could not be deleted: the inbox grows',
    )
  }
}
