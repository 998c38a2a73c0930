import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Connection, commit, connectTo } from './connection.ts'
import { isRepeatable, toFault } from './failure.ts'
import { HandlerPool } from './handler-pool.ts'
import type { PostgresSettings } from './options.ts'

/** What runs statements. Values arrive as the driver parses them: numbers are to be cast to text-safe types and wrapped in `Number`. */
export interface Queryable {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>
}

/** The server ends a transaction of ours that is silent for so long: its process or its network is gone, its locks are not. */
const SILENT_MS = 5_000
/** Whoever waits for a lock for longer gives way: well below the least budget of a reply, and before the server looks for deadlocks. */
const LOCK_TIMEOUT_MS = 200
const BEGIN = [
  // Whoever waited for a key must see who had it.
  'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
  `SET LOCAL idle_in_transaction_session_timeout = ${SILENT_MS}`,
  `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
].join('; ')
/**
 * What a transaction leaves behind when the server's power is cut: all of it, also where a server, a database or a role has
 * that switched off; or perhaps nothing, for what may be done again.
 */
const BEGINS = {
  durable: `${BEGIN}; SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
  volatile: `${BEGIN}; SET LOCAL synchronous_commit = off`,
}
export type Durability = keyof typeof BEGINS

/** The pool, and how it is used: nothing waits for ever, no lost connection is fatal, and what may be repeated is. */
export class Database {
  readonly #pool: pg.Pool
  readonly #isOwn: boolean
  readonly #handlers: HandlerPool
  readonly #timeoutMs: number
  readonly #onIdleError = (): void => {}

  constructor({ pool, connectionString, maxConnections, commitTimeoutMs }: PostgresSettings) {
    this.#isOwn = pool === undefined
    this.#timeoutMs = commitTimeoutMs
    this.#handlers = new HandlerPool(() => ({ ...this.connection, max: maxConnections }))
    this.#pool =
      pool ??
      new pg.Pool({
        connectionString,
        max: maxConnections,
        application_name: 'kyc-webhooks',
        connectionTimeoutMillis: commitTimeoutMs,
        keepAlive: true,
        allowExitOnIdle: true,
      })
    // An idle connection that breaks is gone from the pool; unheard, the event would end the process.
    this.#pool.on('error', this.#onIdleError)
  }

  /** How pg-boss connects: to the same server. A pool keeps its password out of sight. */
  get connection(): pg.PoolConfig {
    const { options } = this.#pool
    return { ...options, password: options.password }
  }

  /** Runs `work` in one transaction, again when the server asks for it. Rejects with a fault, or with what blames the values. */
  async transaction<T>(
    work: (client: Queryable) => Promise<T>,
    durability: Durability = 'durable',
  ): Promise<T> {
    const deadline = performance.now() + this.#timeoutMs
    for (let tries = 1; ; tries++) {
      const attempt = { begin: BEGINS[durability], isSafeToRepeat: false }
      try {
        return await this.#once(work, deadline, attempt)
      } catch (error) {
        const pauseMs = tries * 10 * Math.random()
        const isInTime = performance.now() + pauseMs < deadline
        if (!attempt.isSafeToRepeat || !isRepeatable(error) || !isInTime) throw toFault(error)
        await sleep(pauseMs)
      }
    }
  }

  async #once<T>(
    work: (client: Queryable) => Promise<T>,
    deadline: number,
    attempt: { begin: string; isSafeToRepeat: boolean },
  ): Promise<T> {
    const { client, end } = await this.connect(deadline - performance.now())
    // Cut off, the statement under way rejects.
    const timer = setTimeout(() => end(true), deadline - performance.now())
    let isOver = false
    try {
      attempt.isSafeToRepeat = true
      await client.query(attempt.begin)
      const result = await work(client)
      // From here on nobody knows until the answer is there.
      attempt.isSafeToRepeat = false
      await commit(client)
      isOver = true
      return result
    } catch (error) {
      attempt.isSafeToRepeat ||= isRolledBack(error)
      isOver = await rolledBack(client)
      throw error
    } finally {
      clearTimeout(timer)
      end(!isOver)
    }
  }

  /** Runs one statement. Rejects with a fault. */
  async query(
    text: string,
    values: unknown[] = [],
    timeoutMs: number = 5_000,
  ): Promise<Record<string, unknown>[]> {
    let end = (_cut: boolean): void => {}
    let timer: NodeJS.Timeout | undefined
    let isDone = false
    try {
      const connection = await this.connect(timeoutMs)
      end = connection.end
      timer = setTimeout(() => end(true), timeoutMs)
      const { rows } = await connection.client.query(text, values)
      isDone = true
      return rows
    } catch (error) {
      throw toFault(error)
    } finally {
      clearTimeout(timer)
      end(!isDone)
    }
  }

  /** Takes a connection. Rejects with `inbox-unavailable` when none is to be had in time. */
  connect(timeoutMs: number): Promise<Connection> {
    return connectTo(this.#pool, timeoutMs)
  }

  /** Takes a connection for the transaction of an attempt. Rejects with `inbox-unavailable` when none is to be had in time. */
  connectHandler(): Promise<Connection> {
    return this.#handlers.connect()
  }

  async close(): Promise<void> {
    // Its own pool is heard to the end: a connection may break while it is being closed.
    if (this.#isOwn) await this.#pool.end()
    else this.#pool.off('error', this.#onIdleError)
    await this.#handlers.close()
  }
}

/** SQLSTATE class 40: the server itself says that nothing was committed. */
const isRolledBack = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('40')

/** False: the connection must not be used again. */
async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}
