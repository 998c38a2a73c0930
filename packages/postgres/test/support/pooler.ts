import { EventEmitter } from 'node:events'
import pg from 'pg'

/** A pool as behind a pooler of transactions such as PgBouncer: each has a session of its own, which ends with it. */
export function poolOfTransactions(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString })
  const connect = pool.connect.bind(pool)
  return Object.assign(pool, {
    connect: (connected: (error: undefined, client: Pooled) => void) =>
      connected(undefined, new Pooled(connect)),
  })
}

class Pooled extends EventEmitter {
  readonly #connect: () => Promise<pg.PoolClient>
  #session: pg.PoolClient | undefined

  constructor(connect: () => Promise<pg.PoolClient>) {
    super()
    this.#connect = connect
  }

  async query(text: string, values?: unknown[]): Promise<pg.QueryResult> {
    this.#session ??= await this.#connect()
    try {
      return await this.#session.query(text, values)
    } finally {
      // `I`: no transaction is open.
      if (this.#session.getTransactionStatus() === 'I') this.release()
    }
  }

  release(): void {
    this.#session?.release(true)
    this.#session = undefined
  }
}
