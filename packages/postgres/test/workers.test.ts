import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptScope, Claim, Inbox, QuarantineRecord } from '@kyc-webhooks/core'
import { expect, onTestFinished, test } from 'vitest'
import { event } from '../../testing/src/inbox-samples.ts'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { batchSizes } from '../src/batches.ts'
import { postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()

function open(): Inbox {
  const inbox = postgresInbox({ connectionString: database.url })
  onTestFinished(() => inbox.close())
  return inbox
}

const recordAll = (inbox: Inbox, names: readonly string[], receiver: string) =>
  Promise.all(names.map((name) => inbox.record(arriving(name, { receiver, events: [event(name)] }))))

test('several workers of one receiver handle each event once', async () => {
  const inboxes = [open(), open(), open()]
  const by: string[][] = inboxes.map(() => [])
  for (const [index, inbox] of inboxes.entries()) {
    const run = async (claim: Claim) => {
      await sleep(2)
      by[index]?.push(nameOf(claim))
    }
    inbox.work(workOf(run, { receiver: 'many', concurrency: 8 }))
  }
  const names = Array.from({ length: 300 }, (_, index) => `event ${index}`)
  await Promise.all(
    inboxes.map((inbox, index) =>
      recordAll(
        inbox,
        names.filter((_, at) => at % 3 === index),
        'many',
      ),
    ),
  )
  await until(inboxes[0] as Inbox, { done: 300 })
  expect(by.flat().toSorted()).toEqual(names.toSorted())
  expect(by.filter(({ length }) => length > 0).length).toBeGreaterThan(1)
})

test('the latest of a subject wins over workers of several processes, one write at a time', async () => {
  const inboxes = [open(), open()]
  const written: number[] = []
  let writing = 0
  const run = async (claim: Claim, { latest }: AttemptScope) => {
    const time = Number(nameOf(claim))
    await latest('anna', time, 'apply', async () => {
      expect(++writing).toBe(1)
      await sleep(5)
      writing--
      written.push(time)
    })
  }
  for (const inbox of inboxes) inbox.work(workOf(run, { receiver: 'latest', concurrency: 4 }))
  const times = Array.from({ length: 40 }, (_, index) => String((index * 17) % 40))
  await Promise.all(
    inboxes.map((inbox, index) =>
      recordAll(
        inbox,
        times.filter((_, at) => at % 2 === index),
        'latest',
      ),
    ),
  )
  await expect
    .poll(() => inboxes[0]?.events({ receiver: 'latest', state: 'done' }), { timeout: 10_000 })
    .toHaveLength(40)
  expect(written).toEqual(written.toSorted((a, b) => a - b))
  expect(written.at(-1)).toBe(39)
})

test('what a handler wrote through its client, and how far its subject came, is undone when it fails', async () => {
  const inbox = open()
  await database.query('CREATE TABLE note (attempt integer)')
  const run = async ({ attempt }: Claim, { client, latest }: AttemptScope) => {
    await client?.query('INSERT INTO note (attempt) VALUES ($1)', [attempt])
    const isLatest = await latest('ben', 5, 'skip', () => {})
    expect(isLatest).toBe(true)
    if (attempt < 3) throw new Error('not yet')
  }
  inbox.work(workOf(run, { receiver: 'undone', transactional: true }))
  await recordAll(inbox, ['a'], 'undone')
  await expect
    .poll(() => inbox.events({ receiver: 'undone' }))
    .toMatchObject([{ state: 'done', attempts: 3 }])
  expect(await database.query('SELECT attempt FROM note')).toEqual([{ attempt: 3 }])
})

test('a handler that took too long cannot write any more', async () => {
  const inbox = open()
  await database.query('CREATE TABLE late (attempt integer)')
  const afterwards: unknown[] = []
  const run = async ({ attempt }: Claim, { client, signal }: AttemptScope) => {
    if (attempt > 1) return
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await sleep(50)
    afterwards.push(
      await client?.query('INSERT INTO late VALUES (1)').then(
        () => 'written',
        () => 'refused',
      ),
    )
  }
  inbox.work(workOf(run, { receiver: 'late', transactional: true, timeoutMs: 50 }))
  await recordAll(inbox, ['a'], 'late')
  await expect.poll(() => inbox.events({ receiver: 'late' })).toMatchObject([{ state: 'done', attempts: 2 }])
  await expect.poll(() => afterwards).toEqual(['refused'])
  expect(await database.query('SELECT * FROM late')).toEqual([])
})

test('a statement that failed fails the attempt, also when the handler says nothing of it', async () => {
  const inbox = open()
  const run = async ({ attempt }: Claim, { client }: AttemptScope) => {
    if (attempt === 1) await client?.query('SELECT 1 / 0').catch(() => {})
  }
  inbox.work(workOf(run, { receiver: 'swallowed', transactional: true }))
  await recordAll(inbox, ['a'], 'swallowed')
  await expect
    .poll(() => inbox.events({ receiver: 'swallowed' }))
    .toMatchObject([{ state: 'done', attempts: 2 }])
})

test('dead letters are jobs of their own queue, and retrying moves them back', async () => {
  const inbox = open()
  let repaired = false
  const run = async () => {
    if (!repaired) throw new TypeError('broken')
  }
  inbox.work(workOf(run, { receiver: 'dead' }))
  await recordAll(inbox, ['a', 'b'], 'dead')
  const jobs = () =>
    database.query(
      `SELECT name FROM kyc_webhooks_boss.job WHERE name LIKE 'events.dead%' AND state < 'active'`,
    )
  await expect.poll(jobs).toEqual(Array(2).fill({ name: 'events.dead.dead' }))
  expect(await inbox.health()).toMatchObject({ reachable: true, deadLetters: 2 })
  repaired = true
  const seqs = (await inbox.events({ receiver: 'dead' })).map(({ seq }) => seq)
  expect(await inbox.retry(seqs)).toBe(2)
  await expect.poll(() => inbox.events({ receiver: 'dead', state: 'done' })).toHaveLength(2)
  expect(await jobs()).toEqual([])
})

test('a redriven delivery is handled, and leaves quarantine in the same commit', async () => {
  const inbox = open()
  const stale = arriving('late', { receiver: 'redriven', events: [], quarantine: 'timestamp-stale' })
  expect(await inbox.record(stale)).toBe('quarantined')
  const [row] = await inbox.quarantined({ receiver: 'redriven' })
  const seq = row?.seq ?? 0
  await expect(inbox.redrive(seq)).rejects.toMatchObject({ code: 'redrive-impossible' })
  const redrive = ({ body }: QuarantineRecord) => [arriving('late', { receiver: 'redriven', body })]
  inbox.work({ ...workOf(async () => {}, { receiver: 'redriven' }), redrive })
  expect(await inbox.redrive(seq)).toBe('recorded')
  expect(await inbox.quarantined({ receiver: 'redriven' })).toEqual([])
  await expect.poll(() => inbox.events({ receiver: 'redriven' })).toMatchObject([{ state: 'done' }])
})

test('discarding a dead letter deletes its job', async () => {
  const inbox = open()
  const run = async () => {
    throw new TypeError('broken')
  }
  inbox.work(workOf(run, { receiver: 'discarded' }))
  await recordAll(inbox, ['a', 'b'], 'discarded')
  const jobs = () =>
    database.query(
      `SELECT data -> 'seqs' ->> 0 AS seq FROM kyc_webhooks_boss.job WHERE name = 'events.discarded.dead'`,
    )
  await expect.poll(jobs).toHaveLength(2)
  const [a, b] = await inbox.events({ receiver: 'discarded' })
  expect(await inbox.discard({ events: [a?.seq ?? 0] })).toBe(1)
  expect(await jobs()).toEqual([{ seq: String(b?.seq) }])
})

test('a job carries the numbers of its events and nothing else', async () => {
  const inbox = open()
  await recordAll(inbox, ['a'], 'carried')
  const [stored] = await inbox.events({ receiver: 'carried' })
  expect(
    await database.query(`SELECT data FROM kyc_webhooks_boss.job WHERE name = 'events.carried'`),
  ).toEqual([{ data: { seqs: [stored?.seq] } }])
})

test('as many hanging handlers as there are batches hold up nobody while permits are free', async () => {
  const inbox = open()
  const hanging = Promise.withResolvers<void>()
  onTestFinished(() => hanging.resolve())
  let hang = 0
  let quick = 0
  const run = async (claim: Claim) => {
    if (!nameOf(claim).startsWith('hang')) return void quick++
    hang++
    await hanging.promise
  }
  inbox.work(workOf(run, { receiver: 'hanging', concurrency: 16, timeoutMs: 60_000 }))
  // One by one, so that each is in a batch of its own; the last permit is left to the quick ones.
  for (let count = 1; count <= 15; count++) {
    await recordAll(inbox, [`hang ${count}`], 'hanging')
    await expect.poll(() => hang, { timeout: 15_000 }).toBe(count)
  }
  await recordAll(
    inbox,
    Array.from({ length: 300 }, (_, index) => `quick ${index}`),
    'hanging',
  )
  await expect.poll(() => quick, { timeout: 20_000 }).toBe(300)
  await until(inbox, { running: 15 })
  hanging.resolve()
  await expect
    .poll(() => inbox.events({ receiver: 'hanging', state: 'done', limit: 400 }), { timeout: 10_000 })
    .toHaveLength(315)
})

test('a job is refreshed as often as its own heartbeat asks, whatever that of the worker is', async () => {
  const receiving = open()
  await recordAll(receiving, ['a'], 'beating')
  await database.query(
    `UPDATE kyc_webhooks_boss.job SET heartbeat_seconds = 10 WHERE name = 'events.beating'`,
  )
  const working = postgresInbox({ connectionString: database.url, heartbeatSeconds: 120 })
  onTestFinished(() => working.close())
  const ended = Promise.withResolvers<void>()
  onTestFinished(() => ended.resolve())
  working.work(workOf(() => ended.promise, { receiver: 'beating', timeoutMs: 60_000 }))
  const beats = () =>
    database.query(
      `SELECT FROM kyc_webhooks_boss.job
       WHERE name = 'events.beating' AND state = 'active' AND heartbeat_on > started_on + interval '1 second'`,
    )
  await expect.poll(beats, { timeout: 9_000 }).toHaveLength(1)
  ended.resolve()
  await expect
    .poll(() => working.events({ receiver: 'beating' }))
    .toMatchObject([{ state: 'done', attempts: 1 }])
})

test.each([
  [1, [1]],
  [3, [1, 1, 1]],
  [5, [1, 1, 1, 2]],
  [16, [4, 4, 4, 4]],
])('%i events at once are batches of %j', (concurrency, sizes) => {
  expect(batchSizes(concurrency)).toEqual(sizes)
})
