import { errorName } from '../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../errors.ts'
import type { InboxEngine, Outcome, Receipt, Settlement } from './port.ts'

/** Receipts in one commit, and settlements: beyond some hundred, a larger batch only makes the first of it wait. */
const MAX_BATCH = 256

export interface GroupCommitLimits {
  /** Receipts without an outcome yet. */
  maxQueued: number
  /** Bytes of their bodies. */
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
 * makes batches larger rather than the queue longer. Each commit takes receipts and settlements alike, so that neither
 * waits for the other to run dry.
 */
export class GroupCommit {
  readonly #engine: Pick<InboxEngine, 'commit'>
  readonly #limits: GroupCommitLimits
  readonly #onRecorded: (receiver: string) => void
  /** In order of arrival, each by key; the last one is gathering. Put together on arrival, so that no long queue is searched. */
  readonly #batches: Map<string, Entry>[] = []
  #settlings: Settling[] = []
  #queued = 0
  #queuedBytes = 0
  #unkeyed = 0
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

  /** Rejects at once with `inbox-full` when the queue is full, and with `inbox-unavailable` when the commit failed. */
  record(receipt: Receipt): Promise<Outcome> {
    const { maxQueued, maxQueuedBytes } = this.#limits
    const bytes = this.#queuedBytes + receipt.body.byteLength
    // One that is larger than the limit passes alone: refused, it would be refused for ever.
    if (this.#queued >= maxQueued || (bytes > maxQueuedBytes && this.#queued > 0)) {
      return Promise.reject(new KycWebhookError('inbox-full'))
    }
    this.#queued += 1
    this.#queuedBytes = bytes
    const waiter = Promise.withResolvers<Outcome>()
    this.#gather(receipt, waiter)
    this.#running ??= this.#run()
    return waiter.promise
  }

  /** Rejects with `inbox-unavailable` when the commit failed. Never full: there is one for each attempt in hand. */
  settle(settlement: Settlement): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#settlings.push({ settlement, done })
    this.#running ??= this.#run()
    return done.promise
  }

  /** Resolves when nothing is waiting or in flight, if nothing more comes. */
  async drain(): Promise<void> {
    await this.#running
  }

  #gather(receipt: Receipt, waiter: PromiseWithResolvers<Outcome>): void {
    const gathering = this.#batches.at(-1)
    const key = receipt.key ?? `#${this.#unkeyed++}`
    const first = gathering?.get(key)
    if (first !== undefined && isSameDelivery(first.receipt, receipt)) {
      first.waiting.push(waiter)
    } else if (gathering !== undefined && first === undefined && gathering.size < MAX_BATCH) {
      gathering.set(key, { receipt, waiting: [waiter] })
    } else {
      this.#batches.push(new Map([[key, { receipt, waiting: [waiter] }]]))
    }
  }

  async #run(): Promise<void> {
    do {
      // Whatever arrives in one turn of the event loop shares a commit, and an engine without a thread of its own does not
      // keep the sockets waiting.
      await new Promise(setImmediate)
      const batch = this.#batches.shift() ?? new Map<string, Entry>()
      // Sorted: engines lock in one order, so that batches of several processes cannot deadlock.
      const entries = [...batch].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
      await this.#commit(entries, this.#settlings.splice(0, MAX_BATCH))
    } while (this.#batches.length > 0 || this.#settlings.length > 0)
    // Not in a `finally` of the promise: what arrived before that ran would start nothing and wait for ever.
    this.#running = undefined
  }

  async #commit(entries: readonly Entry[], settlings: readonly Settling[]): Promise<void> {
    let outcomes: readonly Outcome[]
    try {
      outcomes = await this.#engine.commit(
        entries.map((entry) => entry.receipt),
        settlings.map((settling) => settling.settlement),
      )
    } catch (error) {
      return this.#failed(entries, settlings, error)
    }
    for (const [index, entry] of entries.entries()) {
      const outcome = outcomes[index]
      // Whether a receipt is safe that the engine says nothing about, nobody knows.
      if (outcome === undefined) this.#reject(entry, new KycWebhookError('inbox-unavailable', 'no outcome'))
      else this.#resolve(entry, outcome)
    }
    for (const { done } of settlings) done.resolve()
  }

  /** A failure whose reason may lie in one of them: halves the batch, so that one cannot fail the others. An error of ours lies in none. */
  async #failed(entries: readonly Entry[], settlings: readonly Settling[], error: unknown): Promise<void> {
    if (entries.length + settlings.length === 1 || isKycWebhookError(error)) {
      const fault = toFault(error)
      for (const entry of entries) this.#reject(entry, fault)
      for (const { done } of settlings) done.reject(fault)
      return
    }
    const areMixed = entries.length > 0 && settlings.length > 0
    const cut = areMixed ? entries.length : Math.ceil(entries.length / 2)
    const cutSettlings = areMixed ? 0 : Math.ceil(settlings.length / 2)
    await this.#commit(entries.slice(0, cut), settlings.slice(0, cutSettlings))
    await this.#commit(entries.slice(cut), settlings.slice(cutSettlings))
  }

  #resolve(entry: Entry, outcome: Outcome): void {
    const { receipt, waiting } = this.#leave(entry)
    if (outcome === 'recorded') this.#onRecorded(receipt.receiver)
    for (const [index, waiter] of waiting.entries()) {
      waiter.resolve(index > 0 && outcome === 'recorded' ? 'duplicate' : outcome)
    }
  }

  #reject(entry: Entry, fault: KycWebhookError): void {
    for (const waiter of this.#leave(entry).waiting) waiter.reject(fault)
  }

  #leave(entry: Entry): Entry {
    this.#queued -= entry.waiting.length
    this.#queuedBytes -= entry.waiting.length * entry.receipt.body.byteLength
    return entry
  }
}

function toFault(error: unknown): KycWebhookError {
  if (isKycWebhookError(error, 'inbox-unavailable')) return error
  const detail = isKycWebhookError(error) ? error.message : errorName(error)
  return new KycWebhookError('inbox-unavailable', detail, { cause: error })
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
