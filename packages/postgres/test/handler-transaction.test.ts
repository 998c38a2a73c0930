import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptScope, Claim, Inbox, TransactionClient } from '@kyc-webhooks/core'
import type pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { event } from '../../testing/src/inbox-samples.ts'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { type PostgresInboxOptions, postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()
await database.query('CREATE TABLE effect (name text NOT NULL)')

function open(options: PostgresInboxOptions = {}): Inbox {
  const inbox = postgresInbox({ connectionString: database.url, ...options })
  onTestFinished(() => inbox.close())
  return inbox
}

const record = (inbox: Inbox, receiver: string, name = 'a') =>
  inbox.record(arriving(`${receiver} ${name}`, { receiver, events: [event(name)] }))

const effects = async (name: string) =>
  (await database.query('SELECT name FROM effect WHERE name = $1', [name])).length

const write = (client: TransactionClient | undefined, name: string) =>
  client?.query('INSERT INTO effect (name) VALUES ($1)', [name])

/** Waits until the only event of a receiver is in this state. */
const settled = (inbox: Inbox, receiver: string, state: 'done' | 'dead', timeout = 10_000) =>
  expect.poll(async () => (await inbox.events({ receiver }))[0]?.state, { timeout }).toBe(state)

describe('the client of a handler', () => {
  test('ends with it: a statement after that is refused, and disturbs no delivery', async () => {
    const inbox = open({ maxConnections: 1 })
    const kept: TransactionClient[] = []
    const run = async (_: Claim, { client }: AttemptScope) => void kept.push(client as TransactionClient)
    inbox.work(workOf(run, { receiver: 'kept', transactional: true }))
    await record(inbox, 'kept')
    await settled(inbox, 'kept', 'done')
    for (let n = 0; n < 20; n++) {
      const recording = record(inbox, 'kept', `late ${n}`)
      await expect(kept[0]?.query('SELECT 1 / 0')).rejects.toMatchObject({ code: 'option-invalid' })
      expect(await recording).toBe('recorded')
    }
    expect(await inbox.events({ receiver: 'kept' })).toHaveLength(21)
  })

  test('waits for statements that the handler did not: one that fails fails the attempt', async () => {
    const inbox = open()
    const run = async ({ attempt }: Claim, { client }: AttemptScope) => {
      await write(client, 'forgotten')
      if (attempt === 1) void client?.query('SELECT pg_sleep(0.1), 1 / 0').catch(() => {})
    }
    const outcomes: string[] = []
    const onAttempt = (_: number, outcome: string) => void outcomes.push(outcome)
    inbox.work(workOf(run, { receiver: 'forgotten', transactional: true, onAttempt }))
    await record(inbox, 'forgotten')
    await settled(inbox, 'forgotten', 'done')
    expect(outcomes).toEqual(['retry', 'done'])
    expect(await effects('forgotten')).toBe(1)
  })

  test.each([
    'COMMIT',
    'ROLLBACK',
    ' -- so\n end',
    '/* a */ /* b */ abort',
    'begin',
    'START TRANSACTION',
    "PREPARE TRANSACTION 'x'",
  ])('does not take %j', async (statement) => {
    const inbox = open()
    const receiver = `ends-${Buffer.from(statement).toString('hex').slice(0, 40)}`
    const refusals: unknown[] = []
    const run = async (_: Claim, { client }: AttemptScope) => {
      await client?.query(statement).catch((error) => refusals.push(error.code))
      await write(client, receiver)
    }
    inbox.work(workOf(run, { receiver, transactional: true }))
    await record(inbox, receiver)
    await settled(inbox, receiver, 'done')
    expect(refusals).toEqual(['option-invalid'])
    expect(await effects(receiver)).toBe(1)
  })

  test.each([
    'SAVEPOINT s; ROLLBACK TO s',
    'ROLLBACK TO SAVEPOINT s',
    'rollback work to s',
    'SELECT CASE WHEN true THEN 1\nEND',
  ])('takes %j', async (statement) => {
    const inbox = open()
    const receiver = `takes-${Buffer.from(statement).toString('hex').slice(0, 40)}`
    const run = async (_: Claim, { client }: AttemptScope) => {
      await client?.query('SAVEPOINT s')
      await client?.query(statement)
      await write(client, receiver)
    }
    inbox.work(workOf(run, { receiver, transactional: true }))
    await record(inbox, receiver)
    await settled(inbox, receiver, 'done')
    expect(await effects(receiver)).toBe(1)
  })

  test('that ended its transaction all the same is found out, and the attempt has failed', async () => {
    const inbox = open()
    const run = async (_: Claim, { client }: AttemptScope) => void (await client?.query('SELECT 1; COMMIT'))
    inbox.work(workOf(run, { receiver: 'sly', transactional: true }))
    await record(inbox, 'sly')
    await settled(inbox, 'sly', 'dead')
    expect(await inbox.events({ receiver: 'sly' })).toMatchObject([{ error: 'option-invalid', attempts: 3 }])
  })

  test('takes objects of text and values, and can do nothing but queries', async () => {
    const inbox = open()
    let names: string[] = []
    const run = async (_: Claim, { client }: AttemptScope) => {
      // As query builders call a client of `pg`.
      const pgClient = client as unknown as pg.ClientBase
      await pgClient.query({ text: 'INSERT INTO effect (name) VALUES ($1)', values: ['object'] })
      names = ['release', 'end', 'connection', 'on'].filter((name) => name in (client as object))
    }
    inbox.work(workOf(run, { receiver: 'object', transactional: true }))
    await record(inbox, 'object')
    await settled(inbox, 'object', 'done')
    expect(await effects('object')).toBe(1)
    expect(names).toEqual([])
  })
})

describe('what a handler leaves in its session', () => {
  test.each([
    'SET statement_timeout = 1',
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
    'SET ROLE pg_monitor',
    'SET LOCAL ROLE pg_monitor',
    'SELECT pg_advisory_lock(4711)',
    'CREATE TEMP TABLE effect (name text)',
  ])('meets neither deliveries nor the next handler: %s', async (statement) => {
    const inbox = open({ maxConnections: 1 })
    const receiver = `left-${Buffer.from(statement).toString('hex').slice(0, 50)}`
    const run = async (claim: Claim, { client }: AttemptScope) => {
      if (nameOf(claim) !== 'first') await write(client, receiver)
      else await client?.query(statement)
    }
    inbox.work(workOf(run, { receiver, transactional: true, concurrency: 1 }))
    await record(inbox, receiver, 'first')
    await settled(inbox, receiver, 'done')
    for (let n = 0; n < 5; n++) expect(await record(inbox, receiver, `${n}`)).toBe('recorded')
    await expect.poll(() => inbox.events({ receiver, state: 'done' })).toHaveLength(6)
    expect(await effects(receiver)).toBe(5)
  })
})

test('slow handlers hold up no delivery, and none of them is counted before it can run', async () => {
  const inbox = open({ maxConnections: 2 })
  let running = 0
  const run = async () => {
    running++
    await sleep(1_500)
  }
  inbox.work(workOf(run, { receiver: 'slow', transactional: true, concurrency: 8 }))
  for (let n = 0; n < 6; n++) await record(inbox, 'slow', `${n}`)
  await expect.poll(() => running).toBe(2)
  const latencies: number[] = []
  for (let n = 0; n < 10; n++) {
    const startedAt = performance.now()
    expect(await record(inbox, 'beside', `${n}`)).toBe('recorded')
    latencies.push(performance.now() - startedAt)
  }
  expect(Math.max(...latencies)).toBeLessThan(1_000)
  await expect
    .poll(() => inbox.events({ receiver: 'slow', state: 'done' }), { timeout: 20_000 })
    .toHaveLength(6)
  expect((await inbox.events({ receiver: 'slow' })).map(({ attempts }) => attempts)).toEqual(Array(6).fill(1))
})

test('a statement that hangs ends some seconds after its handler, and lets its subject go', async () => {
  const inbox = open()
  const ran: string[] = []
  const run = async (claim: Claim, { client, latest }: AttemptScope) => {
    await latest('anna', Number(nameOf(claim)), 'apply', async () => {
      if (claim.attempt === 1 && nameOf(claim) === '1') await client?.query('SELECT pg_sleep(60)')
      ran.push(nameOf(claim))
    })
  }
  const work = { receiver: 'hanging', transactional: true, timeoutMs: 300, concurrency: 2 }
  inbox.work(workOf(run, { ...work, retry: { ...workOf(run).retry, attempts: 9, firstDelayMs: 100 } }))
  await record(inbox, 'hanging', '1')
  await expect.poll(async () => (await inbox.stats()).running).toBe(1)
  await record(inbox, 'hanging', '2')
  await expect
    .poll(() => inbox.events({ receiver: 'hanging', state: 'done' }), { timeout: 30_000 })
    .toHaveLength(2)
  expect(ran).toContain('2')
}, 40_000)

test('a write under latestOnly that failed does not count as the latest, even when the handler goes on', async () => {
  const inbox = open()
  const written: number[] = []
  const run = async (claim: Claim, { latest }: AttemptScope) => {
    const time = Number(nameOf(claim))
    const writing = latest('ben', time, 'apply', () => {
      if (time === 10) throw new Error('not written')
      written.push(time)
    })
    await writing.catch(() => {})
  }
  inbox.work(workOf(run, { receiver: 'swallowed-write', concurrency: 1 }))
  await record(inbox, 'swallowed-write', '10')
  await settled(inbox, 'swallowed-write', 'done')
  await record(inbox, 'swallowed-write', '5')
  await expect.poll(() => inbox.events({ receiver: 'swallowed-write', state: 'done' })).toHaveLength(2)
  expect(written).toEqual([5])
})

test('the longest time limit that Node knows is one that the server takes', async () => {
  const inbox = open()
  inbox.work(workOf(async () => {}, { receiver: 'long', transactional: true, timeoutMs: 2_147_483_647 }))
  await record(inbox, 'long')
  await settled(inbox, 'long', 'done')
})
