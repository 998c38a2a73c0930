import type {
  DeliveryQuery,
  Departure,
  DiscardRequest,
  ErasedRows,
  EraseRequest,
  Guarded,
  Movable,
  Move,
  MoveCounts,
  PageQuery,
  Receipt,
  RewrittenRows,
  Settlement,
  SharedStore,
  UnverifiedRows,
} from '@kyc-webhooks/core'
import type { PgBoss } from 'pg-boss'
import { startWorking } from './boss.ts'
import { Database, type Durability, type Queryable } from './database.ts'
import { discard } from './discarder.ts'
import { erase } from './eraser.ts'
import { toFault } from './failure.ts'
import { deliveries, plainHashes, rehash, replaceSeal, rewrite } from './guard.ts'
import { sealOf } from './hand-over.ts'
import { type Looks, looks } from './looks.ts'
import { moveStatements } from './move-sql.ts'
import { mover } from './mover.ts'
import type { PostgresSettings } from './options.ts'
import { Preparation } from './preparation.ts'
import { purge } from './purger.ts'
import { type Batch, record } from './recorder.ts'
import { postpone, reticket, type Tended, type Tending, tend } from './reticket.ts'
import { settle } from './settler.ts'
import { type Statements, statements } from './sql.ts'
import { type Standing, start, type TicketRow } from './starter.ts'
import { type Tickets, ticketed } from './tickets.ts'
import { keepUnverified, unverified } from './unverified.ts'

/** While one waits for the network and the disk, others are made ready. At most half of the connections, so that workers get some. */
const PARALLEL_COMMITS = 4

/** The inbox's tables on one Postgres, and its jobs. Heads are not settled here: they rise in the transaction of their attempt. */
export class PostgresStore implements SharedStore {
  readonly name: string
  readonly durable = true
  readonly parallelCommits: number
  readonly settings: PostgresSettings
  readonly database: Database
  readonly sql: Statements
  readonly #looks: Looks
  readonly #preparation: Preparation
  readonly #mover: Movable
  readonly #isServersClock: boolean
  #working: Promise<PgBoss> | undefined

  /** @param clock `caller`: for tests, times are those of receipts and settlements */
  constructor(settings: PostgresSettings, clock: 'server' | 'caller' = 'server') {
    this.name = `postgres ${settings.schema}`
    this.settings = settings
    this.parallelCommits = Math.max(1, Math.min(PARALLEL_COMMITS, Math.floor(settings.maxConnections / 2)))
    this.database = new Database(settings)
    this.sql = statements(settings.schema)
    this.#looks = looks(this.database, this.sql)
    const moveSql = moveStatements(settings.schema)
    this.#preparation = new Preparation(this.database, settings, moveSql)
    const moving = { name: this.name, database: this.database, sql: moveSql, seals: this.sql }
    this.#mover = mover(moving, () => this.#preparation.forMoving())
    this.#isServersClock = clock === 'server'
  }

  open(): Promise<void> {
    return this.#preparation.forUse()
  }

  get tickets(): Tickets {
    return this.#preparation.tickets
  }

  /** pg-boss for the workers of this process; the first to ask starts it. */
  boss(): Promise<PgBoss> {
    this.#working ??= startWorking(this.database, this.settings)
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
      const { retried, dead } = await settle(batch, settlements)
      const { outcomes, events } = await record(batch, own)
      await this.tickets.issue(batch.client, [...retried, ...events])
      await this.tickets.bury(batch.client, dead)
      return outcomes
    })
  }

  /**
   * Starts attempts. Once this resolves they are counted, whatever becomes of this process; a server that loses its power
   * in the next moment may have forgotten, and the event runs again.
   */
  start(tickets: readonly TicketRow[], suspects: boolean, now: number = 0): Promise<Map<number, Standing>> {
    return this.#transaction(now, (batch) => start(batch, tickets, suspects), 'volatile')
  }

  /** Settles an event as done in a transaction of the caller's. Resolves to whether it was the running attempt. */
  async settleWith(client: Queryable, settlement: Settlement): Promise<boolean> {
    const { seqs } = await settle(this.#batch(client, settlement.at), [settlement])
    return seqs.has(settlement.seq)
  }

  postpone(early: readonly TicketRow[]): Promise<void> {
    return this.#transaction(0, (batch) => postpone(batch, this.tickets, early))
  }

  tend(tending: Tending): Promise<Tended> {
    return this.#transaction(0, (batch) => tend(batch, this.tickets, tending))
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
    return this.#transaction(now, async (batch) => {
      const { rows } = await batch.client.query(batch.sql.retry, [batch.now, seqs])
      const events = rows.map(ticketed)
      const missing = await this.tickets.redrive(batch.client, events)
      await reticket(batch, this.tickets, missing)
      return events.length
    })
  }

  async discard(request: DiscardRequest): Promise<number> {
    const { events = [], quarantined = [], unverified = [] } = request
    const own = { events: [...events], quarantined: [...quarantined], unverified: [...unverified] }
    return this.#transaction(0, async (batch) => {
      const { count, discarded } = await discard(batch, own)
      await this.tickets.withdraw(batch.client, discarded)
      return count
    })
  }

  seal = (): ReturnType<Guarded['seal']> => this.#transaction(0, ({ client }) => sealOf(client, this.sql))
  setSeal = (before: string | undefined, seal: string): ReturnType<Guarded['setSeal']> =>
    this.#transaction(0, (batch) => replaceSeal(batch, before, seal))
  deliveries = (query: DeliveryQuery): ReturnType<Guarded['deliveries']> =>
    this.#transaction(0, (batch) => deliveries(batch, query))
  rewrite = (rows: RewrittenRows): Promise<void> => this.#transaction(0, (batch) => rewrite(batch, rows))
  plainHashes = (...args: Parameters<Guarded['plainHashes']>): ReturnType<Guarded['plainHashes']> =>
    this.#transaction(0, (batch) => plainHashes(batch, ...args))
  rehash = (...args: Parameters<Guarded['rehash']>): Promise<void> =>
    this.#transaction(0, (batch) => rehash(batch, ...args))

  keepUnverified = (...args: Parameters<UnverifiedRows['keepUnverified']>): Promise<void> => {
    const times = args[1].map(({ receivedAt }) => receivedAt)
    return this.#transaction(Math.max(0, ...times), (batch) => keepUnverified(batch, ...args), 'volatile')
  }
  unverified = (query: PageQuery): ReturnType<UnverifiedRows['unverified']> =>
    this.#transaction(0, (batch) => unverified(batch, query))

  erase(request: EraseRequest): Promise<ErasedRows> {
    return this.#transaction(0, async (batch) => {
      const { erased, dead } = await erase(batch, request)
      await this.tickets.withdraw(batch.client, dead)
      return erased
    })
  }

  /** The server keeps dead rows until it vacuums, and its own log as long as it is told to. */
  async overwrite(): Promise<boolean> {
    return false
  }

  handOver = (...args: Parameters<Movable['handOver']>): ReturnType<Movable['handOver']> =>
    this.#mover.handOver(...args)
  takeOver = (move: Move): Promise<void> => this.#mover.takeOver(move)
  moveIn = (departure: Departure): Promise<MoveCounts> => this.#mover.moveIn(departure)

  async close(): Promise<void> {
    const working = await this.#working?.catch(() => undefined)
    await Promise.all([this.#preparation.close(), working?.stop({ graceful: false })])
    await this.database.close()
  }

  #transaction<T>(now: number, work: (batch: Batch) => Promise<T>, durability?: Durability): Promise<T> {
    return this.database.transaction((client) => work(this.#batch(client, now)), durability)
  }

  #batch(client: Queryable, now: number): Batch {
    return { client, sql: this.sql, now: this.#isServersClock ? null : now }
  }
}
