import { KycWebhookError, type TransactionClient } from '@kyc-webhooks/core'
import type pg from 'pg'

/** What begins or ends a transaction, behind white space and comments. Savepoints are the handler's own business. */
const ENDS_TRANSACTION =
  /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:begin|start\s+transaction|commit|end|abort|rollback(?!\s+(?:work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i

/**
 * What a handler gets of its attempt's connection: statements, for as long as the attempt lasts. Afterwards the connection
 * is somebody else's, and a statement that nobody waited for would run in their transaction.
 */
export class HandlerClient implements TransactionClient {
  readonly #client: pg.PoolClient
  readonly #underWay = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  /** As `query` of a client of `pg`, without callbacks: text and values, or an object of both. */
  async query(statement: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    const text = typeof statement === 'string' ? statement : statement?.text
    if (this.#isClosed) refuse('context.client after its handler had ended')
    if (typeof text !== 'string') refuse('context.client.query without a text')
    if (ENDS_TRANSACTION.test(text)) refuse("the transaction of context.client is the receiver's to end")
    const running =
      typeof statement === 'string'
        ? this.#client.query(statement, values)
        : this.#client.query(statement, values)
    this.#underWay.add(running)
    const done = () => this.#underWay.delete(running)
    running.then(done, done)
    return running
  }

  /** Takes no more statements, and waits for those that the handler did not wait for: they belong to its transaction. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
  }
}

function refuse(what: string): never {
  throw new KycWebhookError('option-invalid', what)
}
