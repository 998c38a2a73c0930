import { errorName } from '../error-text.ts'
import { KycWebhookError } from '../errors.ts'
import { duration, positive } from '../option-checks.ts'
import { type Erased, type EraseOptions, erase } from './erasing.ts'
import { GroupCommit } from './group-commit.ts'
import { healthByStats } from './health-by-stats.ts'
import type { Inbox, InboxHealth, Work, Worker } from './inbox.ts'
import type { InboxOptions } from './inbox-options.ts'
import { Opening } from './opening.ts'
import type {
  DeliveryRecord,
  DiscardRequest,
  EventQuery,
  EventRecord,
  InboxStats,
  InboxStore,
  Movable,
  Outcome,
  PageQuery,
  QuarantineRecord,
  Receipt,
  StoreHealth,
  UnverifiedBounds,
  UnverifiedDelivery,
  UnverifiedRecord,
} from './port.ts'
import { Purger } from './purger.ts'
import { isSeq, redrive } from './redrive.ts'
import type { RunningWorker, StartWorker } from './running-worker.ts'
import { type Reencrypted, type ReencryptOptions, reencrypt } from './sealing/reencrypt.ts'
import { Sealing } from './sealing/sealing.ts'
import { plainGuard, type StoreGuard } from './sealing/store-guard.ts'

/** An inbox on a store: group commit above it, purging beside it, and workers. */
export class StoreInbox implements Inbox {
  readonly name: string
  readonly durable: boolean
  readonly #store: InboxStore
  readonly #startWorker: StartWorker
  readonly #health: () => Promise<StoreHealth>
  readonly #now: () => number
  readonly #commits: GroupCommit
  readonly #guard: StoreGuard
  readonly #purger: Purger
  readonly #workers = new Map<string, RunningWorker>()
  readonly #opening: Opening
  #isMoving = false
  #closed: Promise<void> | undefined

  constructor(
    store: InboxStore,
    startWorker: StartWorker,
    options: InboxOptions,
    health?: () => Promise<StoreHealth>,
  ) {
    const { maxQueued = 4_096, maxQueuedBytes = 67_108_864, purgeEveryMs = 60_000, now = Date.now } = options
    const limits = {
      maxQueued: positive('maxQueued', maxQueued, 0),
      maxQueuedBytes: positive('maxQueuedBytes', maxQueuedBytes, 0),
    }
    this.name = store.name
    this.durable = store.durable
    this.#store = store
    this.#startWorker = startWorker
    this.#health = health ?? (() => healthByStats(store, now))
    this.#now = now
    const { encryption } = options
    this.#guard = encryption === undefined ? plainGuard(store) : new Sealing(store, encryption)
    this.#opening = new Opening(async () => {
      await store.open()
      await this.#guard.open()
      this.#purger.start()
    })
    // Receipts queue while the store is being opened, so that no more of them wait than may.
    const commit: InboxStore['commit'] = async (receipts, settlements) => {
      if (!this.#opening.isOpen) await this.#opening.opened()
      return this.#guard.commit(receipts, settlements)
    }
    const { parallelCommits = 1 } = store
    this.#commits = new GroupCommit({ commit, parallelCommits }, limits, (receiver) =>
      this.#workers.get(receiver)?.wake(),
    )
    this.#purger = new Purger(store, {
      everyMs: duration('purgeEveryMs', purgeEveryMs),
      now,
      onFailing: (error, failures) => this.#tellPurgeFailing(error, failures),
    })
  }

  async open(): Promise<void> {
    this.#refuseWhenClosed()
    await this.#opening.open()
  }

  async record(receipt: Receipt): Promise<Outcome> {
    this.#refuseWhenClosed()
    return this.#commits.record(receipt)
  }

  waitMs(): number {
    return this.#commits.waitMs()
  }

  work(work: Work): Worker {
    this.#refuseWhenClosed()
    if (this.#workers.has(work.receiver)) {
      throw new KycWebhookError('receiver-name-taken', `${work.receiver}; give one of them another \`name\``)
    }
    const worker = this.#startWorker(work, {
      opened: () => this.#opening.opened(),
      guard: this.#guard.claimsOf(work.receiver),
      settle: (settlement) => this.#commits.settle(settlement),
      onStopped: () => this.#workers.delete(work.receiver),
    })
    this.#workers.set(work.receiver, worker)
    return worker
  }

  async stats(): Promise<InboxStats> {
    await this.#ready()
    return this.#store.stats()
  }

  async health(): Promise<InboxHealth> {
    try {
      await this.#ready()
      return { reachable: true, ...(await this.#health()) }
    } catch {
      return { reachable: false, lagMs: 0, depth: 0, deadLetters: 0 }
    }
  }

  async events(query: EventQuery = {}): Promise<EventRecord[]> {
    await this.#ready()
    return (await this.#store.events(query)).map((row) => this.#guard.event(row))
  }

  async quarantined(query: PageQuery = {}): Promise<QuarantineRecord[]> {
    await this.#ready()
    const rows = await this.#store.quarantined(query)
    return rows.map((row) => this.#guard.quarantined(row)).map(({ digest: _, ...row }) => row)
  }

  async unverified(query: PageQuery = {}): Promise<UnverifiedRecord[]> {
    await this.#ready()
    const rows = await this.#store.unverified(query)
    return rows.map((row) => this.#guard.unverified(row)).map(({ digest: _, ...row }) => row)
  }

  async keepUnverified(
    receiver: string,
    deliveries: readonly UnverifiedDelivery[],
    bounds: UnverifiedBounds,
  ): Promise<void> {
    await this.#ready()
    const sealed = deliveries.map((delivery) => this.#guard.toKeepUnverified(receiver, delivery))
    await this.#store.keepUnverified(receiver, sealed, bounds)
  }

  async retry(seqs: readonly number[]): Promise<number> {
    await this.#ready()
    const retried = await this.#store.retry(possible(seqs), this.#now())
    for (const worker of this.#workers.values()) worker.wake()
    return retried
  }

  async redrive(seq: number): Promise<Outcome> {
    return redrive(this, (receiver) => this.#workers.get(receiver)?.work, seq)
  }

  async discard(what: DiscardRequest): Promise<number> {
    await this.#ready()
    const { events = [], quarantined = [], unverified = [] } = what
    return this.#store.discard({
      ...{ events: possible(events), quarantined: possible(quarantined), unverified: possible(unverified) },
    })
  }

  async erase(subject: string, options: EraseOptions = {}): Promise<Erased> {
    await this.#ready()
    if (typeof subject !== 'string' || subject === '') {
      throw new KycWebhookError('option-invalid', 'subject (wanted: the `subject` of events)')
    }
    const works = {
      of: (receiver: string) => this.#workers.get(receiver)?.work,
      receivers: [...this.#workers.keys()],
    }
    return erase(this.#store, this.#guard, works, subject, options)
  }

  async reencrypt(options: ReencryptOptions = {}): Promise<Reencrypted> {
    await this.#ready()
    if (this.#guard instanceof Sealing) return reencrypt(this.#store, this.#guard, options)
    throw new KycWebhookError('option-invalid', 'encryption (wanted: the keys to seal with, or to open)')
  }

  async delivery(event: number): Promise<DeliveryRecord | undefined> {
    await this.#ready()
    if (!isSeq(event)) return undefined
    const [row] = await this.#store.deliveries({ after: 0, limit: 1, event })
    return row && this.#guard.delivery(row)
  }

  movable(): Movable {
    this.#refuseWhenClosed()
    const [receiver] = this.#workers.keys()
    if (receiver !== undefined) {
      throw new KycWebhookError(
        'inbox-in-use',
        `this process runs the events of ${receiver}: stop that first`,
      )
    }
    this.#isMoving = true
    const store = this.#store
    return {
      handOver: (to, take) => store.handOver(to, take),
      takeOver: (move) => store.takeOver(move),
      moveIn: async (departure) => {
        const counts = await store.moveIn(departure)
        // What it took over is sealed as its source was.
        if (this.#opening.isOpen) await this.#guard.open()
        return counts
      },
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(0)))
    await this.#commits.drain()
    // What was recorded while it was being opened has waited for that; with nothing recorded, nobody has.
    await this.#opening.over()
    await this.#purger.stop()
    if (this.#opening.isOpen || this.#isMoving) await this.#store.close()
  }

  async #ready(): Promise<void> {
    this.#refuseWhenClosed()
    await this.#opening.opened()
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

/** Of these numbers those that a row can have. */
const possible = (seqs: readonly number[]): number[] => seqs.filter(isSeq)
