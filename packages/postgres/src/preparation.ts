import { KycWebhookError } from '@kyc-webhooks/core'
import type { PgBoss } from 'pg-boss'
import { sendingBoss } from './boss.ts'
import { checkServer } from './check-server.ts'
import type { Database, Queryable } from './database.ts'
import { toFault } from './failure.ts'
import { checkOpen, refuseClosed } from './hand-over.ts'
import { checkVersion, migrate } from './migrate.ts'
import type { MoveStatements } from './move-sql.ts'
import type { PostgresSettings } from './options.ts'
import { Tickets } from './tickets.ts'

/** It may take longer than a commit: another instance may be migrating. In milliseconds. */
const TIMEOUT_MS = 30_000

/** Brings the tables up to date and gets ready to make jobs; once, and again when it failed. */
export class Preparation {
  readonly #database: Database
  readonly #settings: PostgresSettings
  readonly #moveSql: MoveStatements
  #boss: PgBoss | undefined
  #tickets: Tickets | undefined
  #done: Promise<Tickets> | undefined

  constructor(database: Database, settings: PostgresSettings, moveSql: MoveStatements) {
    this.#database = database
    this.#settings = settings
    this.#moveSql = moveSql
  }

  get tickets(): Tickets {
    if (this.#tickets === undefined) throw new KycWebhookError('inbox-unavailable', 'it is not open')
    return this.#tickets
  }

  /** For who records and handles. Rejects, with nothing left open, when the inbox was moved away, or a move into it is not finished. */
  async forUse(): Promise<void> {
    if (this.#done === undefined) await this.#once((client) => checkOpen(client, this.#moveSql))
    else {
      await this.#done
      refuseClosed(await this.#database.query(this.#moveSql.closed))
    }
  }

  /** For moves, which also finish what others began. */
  forMoving(): Promise<Tickets> {
    return this.#once(async () => {})
  }

  async close(): Promise<void> {
    await this.#boss?.stop({ graceful: false })
  }

  #once(check: (client: Queryable) => Promise<void>): Promise<Tickets> {
    this.#done ??= this.#prepare(check)
    this.#done.catch(() => {
      this.#done = undefined
    })
    return this.#done
  }

  async #prepare(check: (client: Queryable) => Promise<void>): Promise<Tickets> {
    const { migrate: mayMigrate, schema } = this.#settings
    const { client, end } = await this.#database.connect(TIMEOUT_MS)
    const timer = setTimeout(() => end(true), TIMEOUT_MS)
    const then = async () => {
      await check(client)
      await this.#startSending()
    }
    let isDone = false
    try {
      await checkServer(client)
      if (mayMigrate) await migrate(client, schema, then)
      else {
        await checkVersion(client, schema)
        await then()
      }
      isDone = true
      return this.tickets
    } catch (error) {
      throw toFault(error)
    } finally {
      clearTimeout(timer)
      end(!isDone)
    }
  }

  async #startSending(): Promise<void> {
    const { bossSchema, heartbeatSeconds } = this.#settings
    const boss = sendingBoss(this.#database, this.#settings)
    try {
      await boss.start()
    } catch (error) {
      await boss.stop({ graceful: false })
      throw error
    }
    this.#boss = boss
    this.#tickets = new Tickets(boss, bossSchema, heartbeatSeconds)
  }
}
