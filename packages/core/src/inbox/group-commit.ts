import { errorName } from '../error-text.ts'
import { isKycWebhookError, KycWebhookError } from '../errors.ts'
import { CommitPace } from './commit-pace.ts'
import type { InboxStore, Outcome, Receipt, Settlement } from './port.ts'
import { type Entry, ReceiptQueue, type ReceiptQueueLimits } from './receipt-queue.ts'

/** Receipts in one commit, and settlements: beyond some hundred, a larger batch only makes the first of it wait. */
const MAX_BATCH = 256
/** A commit costs something by itself: beside another one starts for so many receipts and settlements, not for less. */
const WORTH_ANOTHER = 32

export type GroupCommitLimits = ReceiptQueueLimits

interface Settling {
  settlement: Settlement
  done: PromiseWithResolvers<void>
}

/**
 * Many deliveries, one durable step: while commits are in flight the next batch gathers, without a timer, so a slow disk
 * makes batches larger rather than the queue longer. Each commit takes receipts and settlements alike, so that neither
 * waits for the other to run dry.
 */
export class GroupCommit {
  readonly #store: Pick<InboxStore, 'commit' | 'parallelCommits'>
  readonly #onRecorded: (receiver: string) => void
  readonly #receipts: ReceiptQueue
  readonly #pace = new CommitPace()
  #settlings: Settling[] = []
  /** Each commits one batch after the other. While anything waits there is at least one. */
  readonly #lanes = new Set<PromiseWithResolvers<void>>()
  #onFull: () => void = () => {}

  constructor(
    store: Pick<InboxStore, 'commit' | 'parallelCommits'>,
    limits: GroupCommitLimits,
    onRecorded: (receiver: string) => void,
  ) {
    this.#store = store
    this.#onRecorded = onRecorded
    this.#receipts = new ReceiptQueue(limits)
  }

  /** Rejects at once with `inbox-full` when the queue is full, and with `inbox-unavailable` when the commit failed. */
  record(receipt: Receipt): Promise<Outcome> {
    const outcome = this.#receipts.add(receipt)
    this.#start()
    if (this.#receipts.length >= MAX_BATCH) this.#onFull()
    return outcome
  }

  /** Rejects with `inbox-unavailable` when the commit failed. Never full: there is one for each attempt in hand. */
  settle(settlement: Settlement): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#settlings.push({ settlement, done })
    this.#start()
    return done.promise
  }

  /** How long one more receipt would wait for its outcome, in milliseconds, as far as one can tell. */
  waitMs(): number {
    const { parallelCommits = 1 } = this.#store
    return this.#pace.waitMs(Math.ceil((this.#receipts.length + 1) / (MAX_BATCH * parallelCommits)))
  }

  /** Resolves when nothing is waiting or in flight, if nothing more comes. */
  async drain(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all([...this.#lanes].map(({ promise }) => promise))
  }

  #start(): void {
    const { parallelCommits = 1 } = this.#store
    if (this.#lanes.size >= parallelCommits || !this.#isWorthwhile(this.#lanes.size)) return
    const lane = Promise.withResolvers<void>()
    this.#lanes.add(lane)
    void this.#run(lane)
  }

  /** Is there enough for a commit, beside others? */
  #isWorthwhile(others: number): boolean {
    return this.#receipts.length + this.#settlings.length >= (others === 0 ? 1 : WORTH_ANOTHER)
  }

  async #run(lane: PromiseWithResolvers<void>): Promise<void> {
    for (;;) {
      await this.#gather()
      if (!this.#isWorthwhile(this.#lanes.size - 1)) break
      await this.#commit(this.#receipts.take(MAX_BATCH), this.#settlings.splice(0, MAX_BATCH))
    }
    // In one step with the last look: what arrives after it starts a lane.
    this.#lanes.delete(lane)
    lane.resolve()
  }

  /**
   * Whatever arrives in one turn of the event loop shares a commit, and an engine without a thread of its own does not keep the
   * sockets waiting. A batch that is full does not wait: under overload a turn may last for seconds.
   */
  #gather(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve)
      this.#onFull = resolve
    })
  }

  async #commit(entries: readonly Entry[], settlings: readonly Settling[]): Promise<void> {
    let outcomes: readonly Outcome[]
    const ended = this.#pace.begin()
    try {
      outcomes = await this.#store.commit(
        entries.map((entry) => entry.receipt),
        settlings.map((settling) => settling.settlement),
      )
    } catch (error) {
      ended()
      return this.#failed(entries, settlings, error)
    }
    ended()
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
    this.#receipts.leave(entry)
    if (outcome === 'recorded') this.#onRecorded(entry.receipt.receiver)
    for (const [index, waiter] of entry.waiting.entries()) {
      waiter.resolve(index > 0 && outcome === 'recorded' ? 'duplicate' : outcome)
    }
  }

  #reject(entry: Entry, fault: KycWebhookError): void {
    this.#receipts.leave(entry)
    for (const waiter of entry.waiting) waiter.reject(fault)
  }
}

function toFault(error: unknown): KycWebhookError {
  if (isKycWebhookError(error, 'inbox-unavailable')) return error
  const detail = isKycWebhookError(error) ? error.message : errorName(error)
  return new KycWebhookError('inbox-unavailable', detail, { cause: error })
}
