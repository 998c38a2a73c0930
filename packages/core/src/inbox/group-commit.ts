import { isKycWebhookError, KycWebhookError } from '../errors.ts'
import type { InboxEngine, Outcome, Receipt, Settlement } from './port.ts'

/** Receipts in one commit: beyond some hundred, a larger batch only makes the first of it wait. */
const MAX_BATCH = 256

export interface GroupCommitLimits {
  /** Receipts waiting for a commit. */
  maxQueued: number
  /** Bytes of bodies waiting for a commit. */
  maxQueuedBytes: number
}

/** One receipt, and all who wait for its outcome: the same delivery sent several times at once is committed once. */
interface Entry {
  receipt: Receipt
  waiting: PromiseWithResolvers<Outcome>[]
}

interface Settling {
  settlement: Settlement
  done: PromiseWithResolvers<void>
}

/**
 * Many deliveries, one durable step: while a commit is in flight the next batch gathers, without a timer, so a slow disk
 * makes batches larger rather than the queue longer.
 */
export class GroupCommit {
  readonly #engine: Pick<InboxEngine, 'commit'>
  readonly #limits: GroupCommitLimits
  readonly #onRecorded: (receiver: string) => void
  #entries: Entry[] = []
  #settlings: Settling[] = []
  #queuedBytes = 0
  #running: Promise<void> | undefined

  constructor(
    engine: Pick<InboxEngine, 'commit'>,
    limits: GroupCommitLimits,
    onRecorded: (receiver: string) => void,
  ) {
    this.#engine = engine
    this.#limits = limits
    this.#onRecorded = onRecorded
  }

  /** Rejects at once with `inbox-full` when the queue is full. */
  record(receipt: Receipt): Promise<Outcome> {
    const waiter = Promise.withResolvers<Outcome>()
    const full = this.#entries.length >= this.#limits.maxQueued
    if (full || this.#queuedBytes + receipt.body.byteLength > this.#limits.maxQueuedBytes) {
      return Promise.reject(new KycWebhookError('inbox-full'))
    }
    this.#queuedBytes += receipt.body.byteLength
    this.#entries.push({ receipt, waiting: [waiter] })
    this.#start()
    return waiter.promise
  }

  settle(settlement: Settlement): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#settlings.push({ settlement, done })
    this.#start()
    return done.promise
  }

  /** Resolves when nothing is waiting or in flight. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async #run(): Promise<void> {
    // Whatever arrives in the same turn of the event loop shares the commit.
    await new Promise(setImmediate)
    while (this.#entries.length > 0 || this.#settlings.length > 0) {
      const entries = this.#nextBatch()
      const settlings = this.#settlings.splice(0, MAX_BATCH)
      await this.#commit(entries, settlings)
    }
  }

  /** Distinct keys, sorted: engines lock in one order, so batches of several processes cannot deadlock. */
  #nextBatch(): Entry[] {
    const batch = new Map<string, Entry>()
    const later: Entry[] = []
    let unkeyed = 0
    for (const entry of this.#entries) {
      const key = entry.receipt.key ?? `#${unkeyed++}`
      const first = batch.get(key)
      if (first !== undefined && isSameDelivery(first.receipt, entry.receipt))
        first.waiting.push(...entry.waiting)
      else if (first !== undefined || batch.size >= MAX_BATCH) later.push(entry)
      else batch.set(key, entry)
    }
    this.#entries = later
    this.#queuedBytes = later.reduce((sum, entry) => sum + entry.receipt.body.byteLength, 0)
    return [...batch].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  }

  /** Commits; when that fails for a reason that may lie in one of them, halves the batch, so that one cannot fail the others. */
  async #commit(entries: readonly Entry[], settlings: readonly Settling[]): Promise<void> {
    try {
      const outcomes = await this.#engine.commit(
        entries.map((entry) => entry.receipt),
        settlings.map((settling) => settling.settlement),
      )
      for (const [index, entry] of entries.entries()) this.#resolve(entry, outcomes[index] as Outcome)
      for (const settling of settlings) settling.done.resolve()
    } catch (error) {
      const count = entries.length + settlings.length
      if (count > 1 && !isKycWebhookError(error, 'inbox-unavailable')) {
        if (settlings.length > 0 && entries.length > 0) {
          await this.#commit(entries, [])
          await this.#commit([], settlings)
        } else {
          const [half, settled] = [Math.ceil(entries.length / 2), Math.ceil(settlings.length / 2)]
          await this.#commit(entries.slice(0, half), settlings.slice(0, settled))
          await this.#commit(entries.slice(half), settlings.slice(settled))
        }
        return
      }
      const fault = isKycWebhookError(error)
        ? error
        : new KycWebhookError('inbox-unavailable', undefined, { cause: error })
      for (const { waiting } of entries) for (const waiter of waiting) waiter.reject(fault)
      for (const { done } of settlings) done.reject(fault)
    }
  }

  #resolve({ receipt, waiting }: Entry, outcome: Outcome): void {
    if (outcome === 'recorded') this.#onRecorded(receipt.receiver)
    for (const [index, waiter] of waiting.entries()) {
      waiter.resolve(index > 0 && outcome === 'recorded' ? 'duplicate' : outcome)
    }
  }
}

function isSameDelivery(a: Receipt, b: Receipt): boolean {
  return (
    a.digest === b.digest &&
    a.quarantine === b.quarantine &&
    a.redriven === b.redriven &&
    a.nonce?.key === b.nonce?.key &&
    a.nonce?.strict !== true
  )
}
