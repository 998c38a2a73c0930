import { KycWebhookError } from '../errors.ts'
import type { Outcome, Receipt } from './port.ts'

export interface ReceiptQueueLimits {
  /** Receipts without an outcome yet. */
  maxQueued: number
  /** Bytes of their bodies. */
  maxQueuedBytes: number
}

/** One receipt, and all who wait for its outcome: the same delivery sent several times at once is committed once. */
export interface Entry {
  readonly receipt: Receipt
  readonly key: string | undefined
  readonly waiting: PromiseWithResolvers<Outcome>[]
  /** With the same key, but not to be put together with it: they wait until it has left, so that no commit has a key twice. */
  readonly followers: Follower[]
  bytes: number
  isTaken: boolean
}

interface Follower {
  receipt: Receipt
  waiter: PromiseWithResolvers<Outcome>
}

/** The receipts without an outcome, in order of arrival. A key is in one commit at a time. */
export class ReceiptQueue {
  readonly #limits: ReceiptQueueLimits
  #gathered: Entry[] = []
  /** Those gathered or in flight that have a key: no queue is searched. */
  readonly #byKey = new Map<string, Entry>()
  #queued = 0
  #queuedBytes = 0

  constructor(limits: ReceiptQueueLimits) {
    this.#limits = limits
  }

  /** How many a commit could take. */
  get length(): number {
    return this.#gathered.length
  }

  /** Rejects at once with `inbox-full` when the queue is full. */
  add(receipt: Receipt): Promise<Outcome> {
    const { maxQueued, maxQueuedBytes } = this.#limits
    const bytes = this.#queuedBytes + receipt.body.byteLength
    // One that is larger than the limit passes alone: refused, it would be refused for ever.
    if (this.#queued >= maxQueued || (bytes > maxQueuedBytes && this.#queued > 0)) {
      return Promise.reject(new KycWebhookError('inbox-full'))
    }
    this.#queued += 1
    this.#queuedBytes = bytes
    const waiter = Promise.withResolvers<Outcome>()
    this.#gather({ receipt, waiter })
    return waiter.promise
  }

  /** The oldest, sorted by key: engines lock in one order, so that batches of several processes cannot deadlock. */
  take(most: number): Entry[] {
    const taken = this.#gathered.splice(0, most)
    for (const entry of taken) entry.isTaken = true
    return taken.sort(byKey)
  }

  /** It has its outcome, or has failed. */
  leave({ key, waiting, bytes, followers }: Entry): void {
    this.#queued -= waiting.length
    this.#queuedBytes -= bytes
    if (key !== undefined) this.#byKey.delete(key)
    for (const follower of followers) this.#gather(follower)
  }

  #gather({ receipt, waiter }: Follower): void {
    const { key, body } = receipt
    const first = key === undefined ? undefined : this.#byKey.get(key)
    if (first === undefined) {
      const entry = {
        ...{ receipt, key, waiting: [waiter], followers: [] },
        ...{ bytes: body.byteLength, isTaken: false },
      }
      this.#gathered.push(entry)
      if (key !== undefined) this.#byKey.set(key, entry)
    } else if (!first.isTaken && isSameDelivery(first.receipt, receipt)) {
      first.waiting.push(waiter)
      first.bytes += body.byteLength
    } else first.followers.push({ receipt, waiter })
  }
}

function byKey({ key: a = '' }: Entry, { key: b = '' }: Entry): number {
  return a < b ? -1 : a > b ? 1 : 0
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
