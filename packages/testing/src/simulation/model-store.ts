import {
  type InboxEngine,
  KycWebhookError,
  memoryEngine,
  type Outcome,
  type Receipt,
  type Settlement,
} from '@kyc-webhooks/core'

/** Who hears of what lands in the store, whether or not its caller ever does. */
export interface StoreWatch {
  committed(receipt: Receipt, outcome: Outcome | undefined): void
  /** The event, as JSON, is done for good. */
  done(json: string): void
}

/** A store that is durable as long as the test lasts: it outlives the engines on it, and several may share it. */
export class ModelStore {
  readonly rows: InboxEngine = memoryEngine()
  readonly #watch: StoreWatch | undefined
  readonly #holders = new Map<string, InboxEngine>()
  /** By number, the attempts that nobody has settled or taken over. */
  readonly #running = new Map<number, { receiver: string; attempt: number; json: string }>()

  constructor(watch?: StoreWatch) {
    this.#watch = watch
  }

  /** Another engine on the store, as another process would have it. Its `close` gives back its rights, as a death does. */
  openEngine(): InboxEngine {
    const { rows } = this
    const holders = this.#holders
    const engine: InboxEngine = {
      ...rows,
      durable: true,
      commit: async (receipts, settlements) => {
        const outcomes = await rows.commit(receipts, settlements)
        for (const [index, receipt] of receipts.entries()) this.#watch?.committed(receipt, outcomes[index])
        for (const settlement of settlements) this.#settle(settlement)
        return outcomes
      },
      acquire: async (receiver, now) => {
        if (holders.has(receiver)) return holders.get(receiver) === engine
        holders.set(receiver, engine)
        await rows.release(receiver)
        try {
          const isHeld = await rows.acquire(receiver, now)
          for (const [seq, { receiver: of }] of this.#running) if (of === receiver) this.#running.delete(seq)
          return isHeld
        } catch (error) {
          holders.delete(receiver)
          throw error
        }
      },
      async release(receiver) {
        if (holders.get(receiver) !== engine) return
        holders.delete(receiver)
        await rows.release(receiver)
      },
      claim: async (request) => {
        const { receiver } = request
        if (holders.get(receiver) !== engine) throw new KycWebhookError('inbox-unavailable', 'no right')
        const result = await rows.claim(request)
        for (const { seq, attempt, json } of result.claims)
          this.#running.set(seq, { receiver, attempt, json })
        return result
      },
      async close() {
        for (const [receiver, holder] of holders) if (holder === engine) await engine.release(receiver)
      },
    }
    return engine
  }

  #settle({ seq, attempt, result }: Settlement): void {
    const running = this.#running.get(seq)
    if (running?.attempt !== attempt) return
    this.#running.delete(seq)
    if (result === 'done') this.#watch?.done(running.json)
  }
}
