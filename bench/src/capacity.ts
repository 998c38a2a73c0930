import { createHash, randomBytes } from 'node:crypto'
import { arch, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type Inbox, type Receipt, silentLogger, type Work } from '@kyc-webhooks/core'
import { postgresInbox } from '@kyc-webhooks/postgres'
import { startPostgres } from '@kyc-webhooks/testing/postgres'
import { type BenchDatabase, benchDatabase } from './database.ts'

// What one Postgres carries, and how that changes with what is stored: `capacity.ts --stored 0,1000000 --events 20000`.
// At each size: events recorded and handled a second (empty handlers, one process, no HTTP), rows purged a second, and the
// bytes that one event costs in each table with its indexes.

const { values } = parseArgs({
  options: {
    stored: { type: 'string', default: '0,1000000,4000000' },
    events: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '16,64' },
  },
})
const EVENTS = Number(values.events)
const TABLES = ['seen', 'delivery', 'event']
const server = await startPostgres()
say(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${arch()}`)
for (const stored of values.stored.split(',').map(Number)) await measure(stored)
await server.stop?.()

async function measure(stored: number): Promise<void> {
  const database = await benchDatabase(server.url)
  const inbox = postgresInbox({ connectionString: database.url, maxQueued: EVENTS })
  try {
    await inbox.open()
    if (stored > 0) await fill(database, stored)
    say(`\n${stored.toLocaleString('en')} ids stored, a quarter of them with their events`)
    const before = await sizes(database)
    say(`  recorded  ${await rate(() => recordAll(inbox))} a second`)
    const after = await sizes(database)
    for (const [index, table] of TABLES.entries()) {
      const bytes = ((after[index] ?? 0) - (before[index] ?? 0)) / EVENTS
      say(`            ${Math.round(bytes)} bytes an event in ${table} and its indexes`)
    }
    for (const [n, concurrency] of values.concurrency.split(',').map(Number).entries()) {
      if (n > 0) await recordAll(inbox)
      const handled = await rate(() => handleAll(inbox, concurrency))
      say(
        `  handled   ${handled} a second, ${concurrency} at once, from a backlog of ${EVENTS.toLocaleString('en')}`,
      )
    }
  } finally {
    await inbox.close()
    await database.drop()
  }
}

async function recordAll(inbox: Inbox): Promise<void> {
  await Promise.all(Array.from({ length: EVENTS }, () => inbox.record(receipt())))
}

async function handleAll(inbox: Inbox, concurrency: number): Promise<void> {
  const all = Promise.withResolvers<void>()
  let handled = 0
  const work: Work = {
    receiver: 'press',
    run: async () => {
      if (++handled === EVENTS) all.resolve()
    },
    concurrency,
    timeoutMs: 30_000,
    retry: { attempts: 3, firstDelayMs: 1_000, factor: 1, maxDelayMs: 1_000, crashes: 3 },
    keepHandledMs: 86_400_000,
    logger: silentLogger,
    now: Date.now,
    random: Math.random,
  }
  const worker = inbox.work(work)
  await all.promise
  await worker.stop(5_000)
}

/** A delivery of one event, about as large as one of PRESS. */
function receipt(): Receipt {
  const id = randomBytes(16).toString('hex')
  const now = Date.now()
  const json = JSON.stringify({ specversion: '1.0', id, type: 'bench', data: { text: 'x'.repeat(500) } })
  const body = Buffer.from(json)
  return {
    receiver: 'press',
    key: id,
    digest: createHash('sha256').update(body).digest('hex'),
    keyExpiresAt: now + 7 * 86_400_000,
    receivedAt: now,
    body,
    headers: { 'content-type': 'application/cloudevents+json' },
    context: { id, receivedAt: new Date(now).toISOString() },
    events: [{ type: 'bench', json, unsigned: [] }],
  }
}

/** Ids, and handled events of a quarter of them, as they would be there after days of running. */
async function fill({ query }: BenchDatabase, stored: number): Promise<void> {
  await query(`
    INSERT INTO kyc_webhooks.seen (key, digest, expires_at)
    SELECT decode(md5(n::text), 'hex'), sha256(n::text::bytea), now() + n * interval '1 second'
    FROM generate_series(1, ${stored}) AS n;
    INSERT INTO kyc_webhooks.delivery (received_at, body, headers, context)
    SELECT now(), convert_to(repeat(md5(n::text), 18), 'UTF8'), '{}', '{"provider":"press"}'
    FROM generate_series(1, ${stored / 4}) AS n;
    INSERT INTO kyc_webhooks.event (delivery, receiver, type, json, state, due_at, purge_at)
    SELECT seq, 'press', 'bench', repeat(md5(seq::text), 18), 'done', now(), now() + interval '7 days'
    FROM kyc_webhooks.delivery;`)
  await query('VACUUM ANALYZE')
  await query('CHECKPOINT')
}

async function sizes({ query }: BenchDatabase): Promise<number[]> {
  const names = TABLES.map((table) => `pg_total_relation_size('kyc_webhooks.${table}')::float8 AS ${table}`)
  const [row = {}] = await query(`SELECT ${names.join(', ')}`)
  return TABLES.map((table) => Number(row[table]))
}

async function rate(run: () => Promise<void>): Promise<string> {
  const startedAt = performance.now()
  await run()
  return Math.round((EVENTS / (performance.now() - startedAt)) * 1_000).toLocaleString('en')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
