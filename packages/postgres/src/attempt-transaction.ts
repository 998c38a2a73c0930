import {
  type AttemptScope,
  type Claim,
  KycWebhookError,
  type Settlement,
  type Work,
} from '@kyc-webhooks/core'
import { headKey, type Turn, type Turns } from '@kyc-webhooks/core/engine'
import type { Connection } from './database.ts'
import { toFault } from './failure.ts'
import type { PostgresStore } from './postgres-store.ts'

/** How long a connection may be waited for, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000
/** Beyond the handler's own time the server gives a silent transaction so much, in milliseconds. */
const SILENT_MS = 10_000

/**
 * The transaction of one attempt: with `transactional` from its start, otherwise from its first `latestOnly` on. What is
 * written in it, the subject's head and the settlement commit together. An attempt that needs none has none.
 */
export class AttemptTransaction implements Turns {
  readonly #store: PostgresStore
  readonly #work: Work
  readonly #claim: Claim
  #begun: Promise<Connection> | undefined
  #isCommitted = false

  constructor(store: PostgresStore, work: Work, claim: Claim) {
    this.#store = store
    this.#work = work
    this.#claim = claim
  }

  /** True: the settlement of this attempt is durable. */
  get isCommitted(): boolean {
    return this.#isCommitted
  }

  /** Runs the handler, and settles the event in its transaction if there is one. Rejects with nothing written. */
  async run(scope: AttemptScope): Promise<void> {
    const writes: Promise<unknown>[] = []
    const latest: AttemptScope['latest'] = (...args) => {
      const write = scope.latest(...args)
      writes.push(write)
      return write
    }
    const client = this.#work.transactional ? { client: (await this.#begin()).client } : {}
    await this.#work.run(this.#claim, { ...scope, latest, ...client })
    await Promise.allSettled(writes)
    scope.signal.throwIfAborted()
    if (this.#begun !== undefined) await this.#commit(await this.#begun)
  }

  async #commit({ client, end }: Connection): Promise<void> {
    const { seq, attempt } = this.#claim
    const { now, keepHandledMs } = this.#work
    const at = now()
    const settlement: Settlement = { seq, attempt, result: 'done', at, purgeAt: at + keepHandledMs }
    if (!(await this.#store.settleWith(client, settlement))) {
      // Somebody else has taken the event over: what they write counts, and what this attempt wrote does not.
      throw new KycWebhookError('inbox-unavailable', 'the attempt was taken over')
    }
    await client.query('COMMIT')
    this.#isCommitted = true
    end(false)
  }

  /** To be called when the attempt is over, however it ended. What was not committed is undone. */
  async over(): Promise<void> {
    const connection = await this.#begun?.catch(() => undefined)
    // Closed and not used again: a handler that was cut off may still have it in its hands.
    connection?.end(true)
  }

  async take(subject: string): Promise<Turn> {
    const { client } = await this.#begin()
    const key = headKey(this.#work.receiver, subject)
    await client.query(this.#store.sql.takeTurn, [String(Buffer.from(key, 'hex').readBigInt64BE())])
    let applied: number | undefined
    return {
      isLatest: async (time, equalTimes) => {
        if (time === applied) return true
        const values = [key, time, equalTimes === 'apply']
        const { rowCount } = await client.query(this.#store.sql.raiseHead, values)
        if (rowCount === 0) return false
        applied = time
        return true
      },
      // The transaction's end lets the next one in.
      leave() {},
    }
  }

  #begin(): Promise<Connection> {
    this.#begun ??= this.#open()
    return this.#begun
  }

  async #open(): Promise<Connection> {
    const connection = await this.#store.database.connect(CONNECT_TIMEOUT_MS)
    try {
      // One whose process is gone without a word would hold its locks for ever.
      const silentMs = this.#work.timeoutMs + SILENT_MS
      await connection.client.query(
        `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${silentMs}`,
      )
      return connection
    } catch (error) {
      connection.end(true)
      throw toFault(error)
    }
  }
}
