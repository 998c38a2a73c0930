import { randomUUID } from 'node:crypto'
import { type Inbox, type InboxEngine, KycWebhookError } from '@kyc-webhooks/core'
import { createInboxOn } from '@kyc-webhooks/core/engine'
import type { EngineFixture } from '@kyc-webhooks/testing'
import pg from 'pg'
import { afterAll } from 'vitest'
import { type PostgresInboxOptions, resolveSettings } from '../../src/options.ts'
import { PostgresStore } from '../../src/postgres-store.ts'
import { PostgresWorker } from '../../src/postgres-worker.ts'

/** Everything that holds rows of the inbox. */
const TABLES = [
  ...['move', 'event', 'delivery', 'seen', 'nonce', 'quarantine', 'unverified', 'head', 'seal'].map(
    (name) => `kyc_webhooks.${name}`,
  ),
  'kyc_webhooks_boss.job',
]

/** A database of its own, dropped when the file's tests are over. */
export interface TestDatabase {
  url: string
  /** Runs SQL beside the inbox. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Empties all tables, so that no case sees another's rows. */
  clear(): Promise<void>
}

/** To be called in a test file, once. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL
  if (server === undefined) throw new Error('TEST_POSTGRES_URL is not set: run vitest in this package')
  const name = `kyc_test_${randomUUID().replaceAll('-', '')}`
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  await once(server, `CREATE DATABASE ${name}`)
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  pool.on('error', () => {})
  afterAll(async () => {
    await pool.end()
    await once(server, `DROP DATABASE ${name} WITH (FORCE)`)
  })
  const query = async (text: string, values: unknown[] = []) => (await pool.query(text, values)).rows
  return {
    url,
    query,
    async clear() {
      const [schema] = await query(`SELECT to_regclass('kyc_webhooks_boss.job') IS NOT NULL AS there`)
      if (schema?.there !== true) return
      // TRUNCATE makes new files for each table and index: twenty times slower for a few rows.
      await pool.query(TABLES.map((name) => `DELETE FROM ${name}`).join(';'))
    },
  }
}

async function once(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** An empty store in the database, and engines and inboxes on it. */
export async function makeStore(
  database: TestDatabase,
  options: PostgresInboxOptions = {},
): Promise<EngineFixture> {
  await database.clear()
  const settings = resolveSettings({ connectionString: database.url, maxConnections: 5, ...options })
  const closings: (() => Promise<void>)[] = []
  return {
    async open() {
      const engine = engineOn(new PostgresStore(settings, 'caller'))
      closings.push(() => engine.close())
      await engine.open()
      return engine
    },
    inbox(inboxOptions): Inbox {
      const store = new PostgresStore(settings)
      const inbox = createInboxOn(
        store,
        (work, hooks) => new PostgresWorker(work, store, hooks),
        inboxOptions,
      )
      closings.push(() => inbox.close())
      return inbox
    },
    async content() {
      const rows = (await Promise.all(TABLES.map((table) => database.query(`SELECT * FROM ${table}`)))).flat()
      // Bytes as they are: printed by the server they would be in hexadecimal.
      const values = rows.flatMap((row) => Object.values(row))
      return Buffer.concat(
        values.map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(`${JSON.stringify(value)} `))),
      )
    },
    async destroy() {
      await Promise.all(closings.map((close) => close()))
    },
  }
}

/**
 * The store as an engine: attempts start as they do for a worker, by tickets, but those of the caller's choice and at the
 * caller's time. Whoever takes the right anew brings the tickets of all that is running, as pg-boss does after a crash.
 */
function engineOn(store: PostgresStore): InboxEngine {
  const held = new Set<string>()
  /** The ticket that an event has; any will do for one whose job was redriven. */
  const ticket = async (seq: number) => {
    const [row] = await store.database.query('SELECT ticket FROM kyc_webhooks.event WHERE seq = $1', [seq])
    return { seq, ticket: String(row?.ticket ?? randomUUID()) }
  }
  const inState = (state: 'waiting' | 'running', receiver: string) =>
    store.events({ receiver, state, limit: 1_000 })
  let closed: Promise<void> | undefined
  return {
    name: store.name,
    durable: store.durable,
    open: () => store.open(),
    commit: (...args) => store.commit(...args),
    async acquire(receiver, now) {
      if (held.has(receiver)) return true
      held.add(receiver)
      const running = await inState('running', receiver)
      const tickets = await Promise.all(running.map(({ seq }) => ticket(seq)))
      if (tickets.length > 0) await store.start(tickets, false, now)
      return true
    },
    async release(receiver) {
      held.delete(receiver)
    },
    async claim({ receiver, now, limit, suspects }) {
      if (!held.has(receiver)) throw new KycWebhookError('inbox-unavailable', 'the right is not held')
      const due = (await inState('waiting', receiver))
        .filter(({ dueAt }) => dueAt <= now)
        .sort((a, b) => a.dueAt - b.dueAt || a.seq - b.seq)
      const suspect = suspects ? due.find(({ crashes }) => crashes > 0) : undefined
      const chosen = due.filter((each) => each.crashes === 0 || each === suspect).slice(0, limit)
      const claims = []
      for (const { seq, crashes } of chosen) {
        const standing = (await store.start([await ticket(seq)], crashes > 0, now)).get(seq)
        if (standing?.is === 'started') claims.push(standing.claim)
      }
      const rest = (await inState('waiting', receiver)).map(({ dueAt }) => dueAt)
      return { claims, nextDueAt: rest.length === 0 ? undefined : Math.min(...rest) }
    },
    async head() {
      throw new Error('heads rise in the transaction of their attempt')
    },
    purge: (...args) => store.purge(...args),
    stats: () => store.stats(),
    events: (query) => store.events(query),
    quarantined: (query) => store.quarantined(query),
    retry: (...args) => store.retry(...args),
    discard: (request) => store.discard(request),
    seal: () => store.seal(),
    setSeal: (before, seal) => store.setSeal(before, seal),
    deliveries: (query) => store.deliveries(query),
    rewrite: (rows) => store.rewrite(rows),
    plainHashes: (...args) => store.plainHashes(...args),
    rehash: (...args) => store.rehash(...args),
    erase: (request) => store.erase(request),
    overwrite: () => store.overwrite(),
    keepUnverified: (...args) => store.keepUnverified(...args),
    unverified: (query) => store.unverified(query),
    handOver: (to, take) => store.handOver(to, take),
    takeOver: (move) => store.takeOver(move),
    moveIn: (departure) => store.moveIn(departure),
    close() {
      closed ??= store.close()
      return closed
    },
  }
}
