import { randomUUID } from 'node:crypto'
import {
  type AttemptScope,
  type Claim,
  KycWebhookError,
  type Settlement,
  type Work,
} from '@kyc-webhooks/core'
import { keptMs, type Turn, type Turns } from '@kyc-webhooks/core/engine'
import { type Connection, commit } from './connection.ts'
import { toFault } from './failure.ts'
import { HandlerClient } from './handler-client.ts'
import type { PostgresStore } from './postgres-store.ts'

/** Beyond the handler's own time the server gives a statement and a silent transaction so much, in milliseconds. */
const GRACE_MS = 10_000
/** The longest time limit that the server knows, in milliseconds. */
const MAX_LIMIT_MS = 2_147_483_647

/** A transaction that has begun. */
interface Begun extends Connection {
  /** Stands in the transaction itself: whoever does not find it is in another one. */
  mark: string
}

/**
 * The transaction of one attempt: with `transactional` from its start, otherwise from its first `latestOnly` on. What is
 * written in it, the subject's head and the settlement commit together. An attempt that needs none has none.
 */
export class AttemptTransaction implements Turns {
  readonly #store: PostgresStore
  readonly #work: Work
  #begun: Promise<Begun> | undefined
  #client: HandlerClient | undefined
  #headKey = ''
  #head: { key: string; time: number } | undefined
  #isCommitted = false

  constructor(store: PostgresStore, work: Work) {
    this.#store = store
    this.#work = work
  }

  /** True: the settlement of this attempt is durable. */
  get isCommitted(): boolean {
    return this.#isCommitted
  }

  /** Begins, where the handler needs it. Rejects with `inbox-unavailable`: the attempt cannot be made now. */
  async prepare(): Promise<void> {
    if (this.#work.transactional) await this.#begin()
  }

  /** Runs the handler for the claim as it was opened, and settles the event in its transaction if there is one. Rejects with nothing written. */
  async run(claim: Claim, scope: AttemptScope): Promise<void> {
    const writes: Promise<unknown>[] = []
    const latest: AttemptScope['latest'] = (subject, time, equalTimes, write) => {
      const applied = async (): Promise<void> => {
        await write()
        this.#head = { key: this.#headKey, time }
      }
      const written = scope.latest(subject, time, equalTimes, applied)
      writes.push(written)
      return written
    }
    await this.#work.run(claim, { ...scope, latest, ...(await this.#clientScope()) })
    await Promise.allSettled(writes)
    await this.#client?.close()
    scope.signal.throwIfAborted()
    if (this.#begun !== undefined) await this.#commit(await this.#begun, claim)
  }

  async #clientScope(): Promise<Pick<AttemptScope, 'client'>> {
    if (!this.#work.transactional) return {}
    this.#client = new HandlerClient((await this.#begin()).client)
    return { client: this.#client }
  }

  async #commit({ client, end, mark }: Begun, claim: Claim): Promise<void> {
    const { seq, attempt } = claim
    const { now, keepHandledMs } = this.#work
    const at = now()
    const purgeAt = at + keptMs(keepHandledMs, claim.json)
    const settlement: Settlement = { seq, attempt, result: 'done', at, purgeAt }
    // Whatever limits and role the handler has given itself.
    await client.query(`${this.#limit('statement_timeout')}; RESET ROLE`)
    const { rows } = await client.query(this.#store.sql.findMark)
    if (rows[0]?.mark !== mark) {
      throw new KycWebhookError('option-invalid', 'the handler has ended the transaction of context.client')
    }
    if (this.#head) await client.query(this.#store.sql.raiseHead, [this.#head.key, this.#head.time])
    if (!(await this.#store.settleWith(client, settlement))) {
      // Somebody else has taken the event over: what they write counts, and what this attempt wrote does not.
      throw new KycWebhookError('inbox-unavailable', 'the attempt was taken over')
    }
    await commit(client)
    this.#isCommitted = true
    end(false)
  }

  /** To be called when the attempt is over, however it ended. What was not committed is undone. */
  async over(): Promise<void> {
    const connection = await this.#begun?.catch(() => undefined)
    // Closed and not used again: a handler that was cut off may still have it in its hands.
    connection?.end(true)
  }

  async take(keys: readonly [string, ...string[]]): Promise<Turn> {
    const { client } = await this.#begin()
    const [key] = keys
    this.#headKey = key
    const lock = Buffer.from(key, 'hex').readBigInt64BE()
    // Others may take long, each within its limit.
    await client.query(
      `SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${lock}); ${this.#limit('statement_timeout')}`,
    )
    return {
      isLatest: async (time, equalTimes) => {
        const { rows } = await client.query(this.#store.sql.head, [keys])
        const known = rows[0]?.time ?? null
        const head = known === null ? Number.NEGATIVE_INFINITY : Number(known)
        return time > head || (time === head && equalTimes === 'apply')
      },
      // The transaction's end lets the next one in.
      leave() {},
    }
  }

  #begin(): Promise<Begun> {
    this.#begun ??= this.#open()
    return this.#begun
  }

  async #open(): Promise<Begun> {
    const connection = await this.#store.database.connectHandler()
    try {
      const mark = randomUUID()
      // One whose process is gone without a word, or whose statement hangs, would hold its locks for ever.
      const limits = ['idle_in_transaction_session_timeout', 'statement_timeout'].map((name) =>
        this.#limit(name),
      )
      const begin = ['BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE', ...limits]
      await connection.client.query([...begin, `SET LOCAL kyc_webhooks.attempt = '${mark}'`].join('; '))
      return { ...connection, mark }
    } catch (error) {
      connection.end(true)
      throw toFault(error)
    }
  }

  #limit(setting: string): string {
    return `SET LOCAL ${setting} = ${Math.min(this.#work.timeoutMs + GRACE_MS, MAX_LIMIT_MS)}`
  }
}
