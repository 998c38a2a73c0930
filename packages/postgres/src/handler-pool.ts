import pg from 'pg'
import { type Connection, connectTo } from './connection.ts'

/** How long the transaction of an attempt may wait for a connection, in milliseconds. */
const CONNECT_MS = 30_000
/** How long a session may take to be as it was before a handler had it, in milliseconds. */
const RESET_MS = 5_000
/** What `DISCARD ALL` does, but for prepared statements: the driver believes that it still has them. */
const RESET = [
  'SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; CLOSE ALL',
  'SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES',
].join('; ')

/**
 * The connections for transactions of attempts. A pool of their own: handlers that are slow do not hold up recording, and
 * what they leave behind in a session meets no delivery.
 */
export class HandlerPool {
  readonly #options: () => pg.PoolConfig
  #pool: pg.Pool | undefined

  /** @param options asked for when the first connection is */
  constructor(options: () => pg.PoolConfig) {
    this.#options = options
  }

  /** Takes a connection. Rejects with `inbox-unavailable` when none is to be had in time. */
  async connect(): Promise<Connection> {
    this.#pool ??= this.#make()
    const { client, end } = await connectTo(this.#pool, CONNECT_MS)
    let isEnding = false
    return {
      client,
      end(cut) {
        if (isEnding) return
        isEnding = true
        if (cut) return end(true)
        const timer = setTimeout(() => end(true), RESET_MS)
        const ended = (isReset: boolean): void => {
          clearTimeout(timer)
          end(!isReset)
        }
        client.query(RESET).then(
          () => ended(true),
          () => ended(false),
        )
      },
    }
  }

  #make(): pg.Pool {
    const pool = new pg.Pool({
      ...this.#options(),
      application_name: 'kyc-webhooks handlers',
      connectionTimeoutMillis: CONNECT_MS,
    })
    // An idle connection that breaks is gone from the pool; unheard, the event would end the process.
    pool.on('error', () => {})
    return pool
  }

  async close(): Promise<void> {
    await this.#pool?.end()
  }
}
