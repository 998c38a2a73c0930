import type { DiscardRequest, Receipt, Settlement, SharedStore } from '@kyc-webhooks/core'
import { KycWebhookError } from '@kyc-webhooks/core'
import type { PgBoss } from 'pg-boss'
import { sendingBoss, workingBoss } from './boss.ts'
import { Database, type Queryable } from './database.ts'
import { discard } from './discarder.ts'
import { toFault } from './failure.ts'
import { type Looks, looks } from './looks.ts'
import { checkVersion, migrate } from './migrate.ts'
import type { PostgresSettings } from './options.ts'
import { purge } from './purger.ts'
import { type Batch, record } from './recorder.ts'
import { settle } from './settler.ts'
import { type Statements, statements } from './sql.ts'
import { type Standing, start, type TicketRow } from './starter.ts'
import { restored } from './text.ts'
import { Tickets } from './tickets.ts'

/** Opening may take longer than a commit: another instance may be migrating. In milliseconds. */
const OPEN_TIMEOUT_MS = 30_000

/** The inbox's tables on one Postgres, and its jobs. Heads are not settled here: they rise in the transaction of their attempt. */
export class PostgresStore implements SharedStore {
  readonly name: string
  readonly durable = true
  readonly settings: PostgresSettings
  readonly database: Database
  readonly sql: Statements
  readonly #looks: Looks
  readonly #isServersClock: boolean
  #sending: PgBoss | undefined
  #working: Promise<PgBoss> | undefined
  #tickets: Tickets | undefined

  /** @param clock `caller`: for tests, times are those of receipts and settlements */
  constructor(settings: PostgresSettings, clock: 'server' | 'caller' = 'server') {
    this.name = `postgres ${settings.schema}`
    this.settings = settings
    this.database = new Database(settings)
    this.sql = statements(settings.schema)
    this.#looks = looks(this.database, this.sql)
    this.#isServersClock = clock === 'server'
  }

  async open(): Promise<void> {
    const { client, end } = await this.database.connect(OPEN_TIMEOUT_MS)
    const timer = setTimeout(() => end(true), OPEN_TIMEOUT_MS)
    let isDone = false
    try {
      if (this.settings.migrate) await migrate(client, this.settings.schema, () => this.#startSending())
      else {
        await checkVersion(client, this.settings.schema)
        await this.#startSending()
      }
      isDone = true
    } catch (error) {
      throw toFault(error)
    } finally {
      clearTimeout(timer)
      end(!isDone)
    }
  }

  async #startSending(): Promise<void> {
    const { bossSchema, heartbeatSeconds } = this.settings
    const boss = sendingBoss(this.database, this.settings)
    try {
      await boss.start()
    } catch (error) {
      await boss.stop({ graceful: false })
      throw error
    }
    this.#sending = boss
    this.#tickets = new Tickets(boss, bossSchema, heartbeatSeconds)
  }

  get tickets(): Tickets {
    if (this.#tickets === undefined) throw new KycWebhookError('inbox-unavailable', 'it is not open')
    return this.#tickets
  }

  /** pg-boss for the workers of this process; the first to ask starts it. */
  boss(): Promise<PgBoss> {
    this.#working ??= workingBoss(this.database, this.settings).start()
    this.#working.catch(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async commit(
    receipts: readonly Receipt[],
    settlements: readonly Settlement[],
  ): Promise<Awaited<ReturnType<SharedStore['commit']>>> {
    const own = receipts.map((receipt) => ({ ...receipt, events: [...receipt.events] }))
    try {
      await Promise.all(
        [...new Set(own.map(({ receiver }) => receiver))].map((name) => this.tickets.ensure(name)),
      )
    } catch (error) {
      throw toFault(error)
    }
    const times = [...own.map(({ receivedAt }) => receivedAt), ...settlements.map(({ at }) => at)]
    return this.#transaction(Math.max(...times), async (batch) => {
      await settle(batch, settlements)
      const { outcomes, events } = await record(batch, own)
      await this.tickets.issue(batch.client, events)
      return outcomes
    })
  }

  /** Starts attempts. Durable when it resolves. */
  start(tickets: readonly TicketRow[], suspects: boolean, now: number = 0): Promise<Map<number, Standing>> {
    return this.#transaction(now, (batch) => start(batch, tickets, suspects))
  }

  /** Settles in a transaction of the caller's. Resolves to whether it was the running attempt. */
  async settleWith(client: Queryable, settlement: Settlement): Promise<boolean> {
    const settled = await settle(this.#batch(client, settlement.at), [settlement])
    return settled.has(settlement.seq)
  }

  purge(now: number, limit: number): Promise<number> {
    return this.#transaction(now, (batch) => purge(batch, limit))
  }

  stats = (): ReturnType<Looks['stats']> => this.#looks.stats()
  health = (): ReturnType<Looks['health']> => this.#looks.health()
  events = (...args: Parameters<Looks['events']>): ReturnType<Looks['events']> => this.#looks.events(...args)
  quarantined = (...args: Parameters<Looks['quarantined']>): ReturnType<Looks['quarantined']> =>
    this.#looks.quarantined(...args)

  retry(seqs: readonly number[], now: number): Promise<number> {
    return this.#transaction(now, async ({ client, sql, now }) => {
      const { rows } = await client.query(sql.retry, [now, seqs])
      const events = rows.map(({ seq, receiver }) => ({
        seq: Number(seq),
        receiver: restored(String(receiver)),
      }))
      await this.tickets.reissue(client, events)
      return events.length
    })
  }

  async discard(request: DiscardRequest): Promise<number> {
    const { events = [], quarantined = [] } = request
    const own = { events: [...events], quarantined: [...quarantined] }
    return this.#transaction(0, async (batch) => {
      const { count, discarded } = await discard(batch, own)
      await this.tickets.withdraw(batch.client, discarded)
      return count
    })
  }

  async close(): Promise<void> {
    const bosses = [this.#sending, await this.#working?.catch(() => undefined)]
    await Promise.all(bosses.map((boss) => boss?.stop({ graceful: false })))
    await this.database.close()
  }

  #transaction<T>(now: number, work: (batch: Batch) => Promise<T>): Promise<T> {
    return this.database.transaction((client) => work(this.#batch(client, now)))
  }

  #batch(client: Queryable, now: number): Batch {
    return { client, sql: this.sql, now: this.#isServersClock ? null : now }
  }
}
