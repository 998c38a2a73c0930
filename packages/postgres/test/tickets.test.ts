import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptScope, Claim, Inbox } from '@kyc-webhooks/core'
import { createInboxOn } from '@kyc-webhooks/core/engine'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { event } from '../../testing/src/inbox-samples.ts'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { resolveSettings } from '../src/options.ts'
import { Permits } from '../src/permits.ts'
import { PostgresStore } from '../src/postgres-store.ts'
import { PostgresWorker } from '../src/postgres-worker.ts'
import { tendAll } from '../src/tending.ts'
import { newTickets } from '../src/tickets.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()

function open(): { store: PostgresStore; inbox: Inbox } {
  const store = new PostgresStore(resolveSettings({ connectionString: database.url }))
  const inbox = createInboxOn(store, (work, hooks) => new PostgresWorker(work, store, hooks))
  onTestFinished(() => inbox.close())
  return { store, inbox }
}

/** One delivery with so many events. */
const recordTogether = (inbox: Inbox, receiver: string, count: number) => {
  const events = Array.from({ length: count }, (_, index) => event(`${receiver} ${index}`))
  return inbox.record(arriving(receiver, { receiver, events }))
}

const jobs = (receiver: string) =>
  database.query(
    `SELECT jsonb_array_length(data -> 'seqs') AS events, state FROM kyc_webhooks_boss.job
     WHERE name = $1 ORDER BY created_on, 1 DESC`,
    [`events.${receiver}`],
  )

const countAll = (tickets: readonly string[]) =>
  [...Map.groupBy(tickets, (ticket) => ticket).values()].map(({ length }) => length)

test.each([
  [1, [1]],
  [8, Array(8).fill(1)],
  [9, [2, 2, 2, 2, 1]],
  [30, [...Array(7).fill(4), 2]],
  [64, Array(8).fill(8)],
  [100, [...Array(12).fill(8), 4]],
])('%i events of a commit are on tickets of %j', (events, sizes) => {
  expect(countAll(newTickets(Array(events).fill('press')))).toEqual(sizes)
})

test('events of two receivers share no ticket', () => {
  const receivers = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'press' : 'uip'))
  const tickets = newTickets(receivers)
  const owners = Map.groupBy(tickets, (ticket) => ticket)
  for (const [ticket, { length }] of owners) {
    const names = new Set(receivers.filter((_, index) => tickets[index] === ticket))
    expect(names.size).toBe(1)
    expect(length).toBeLessThanOrEqual(5)
  }
})

describe('events on one ticket', () => {
  test('fail, succeed and die each by itself, and each is run as often as its retry policy says', async () => {
    const { inbox } = open()
    const runs = new Map<string, number>()
    const run = async (claim: Claim) => {
      const name = nameOf(claim)
      runs.set(name, (runs.get(name) ?? 0) + 1)
      const index = Number(name.split(' ')[1])
      if (index % 10 === 0) throw new TypeError('always')
      if (index % 10 === 5 && claim.attempt === 1) throw new TypeError('once')
    }
    await recordTogether(inbox, 'mixed', 40)
    expect(await jobs('mixed')).toEqual(Array(8).fill({ events: 5, state: 'created' }))
    inbox.work(workOf(run, { receiver: 'mixed' }))
    await expect
      .poll(() => inbox.stats(), { timeout: 15_000 })
      .toMatchObject({ waiting: 0, running: 0, done: 36, dead: 4 })
    for (const [name, times] of runs) {
      const index = Number(name.split(' ')[1])
      expect([name, times]).toEqual([name, index % 10 === 0 ? 3 : index % 10 === 5 ? 2 : 1])
    }
    const buried = await database.query(
      `SELECT data -> 'seqs' AS seqs FROM kyc_webhooks_boss.job WHERE name = 'events.mixed.dead' AND state = 'created'`,
    )
    const dead = (await inbox.events({ receiver: 'mixed', state: 'dead' })).map(({ seq }) => [seq])
    expect(buried.map(({ seqs }) => seqs).toSorted()).toEqual(dead.toSorted())
    await expect
      .poll(async () => new Set((await jobs('mixed')).map(({ state }) => state)))
      .toEqual(new Set(['completed']))
  })

  test('are never more in hand than asked', async () => {
    const { inbox } = open()
    let inHand = 0
    let most = 0
    const run = async () => {
      most = Math.max(most, ++inHand)
      await sleep(3)
      inHand--
    }
    await recordTogether(inbox, 'few', 100)
    inbox.work(workOf(run, { receiver: 'few', concurrency: 3 }))
    await expect
      .poll(() => inbox.events({ receiver: 'few', state: 'done' }), { timeout: 15_000 })
      .toHaveLength(100)
    expect(most).toBe(3)
  })

  test('that were not started when their worker stopped are run by the next one, none twice', async () => {
    const { inbox } = open()
    const ran: string[] = []
    const run = async (claim: Claim) => {
      ran.push(nameOf(claim))
      await sleep(30)
    }
    await recordTogether(inbox, 'stopped', 64)
    const first = inbox.work(workOf(run, { receiver: 'stopped', concurrency: 4 }))
    await expect.poll(() => ran.length, { timeout: 5_000 }).toBeGreaterThan(8)
    await first.stop(5_000)
    expect(ran.length).toBeLessThan(64)
    const rows = await inbox.events({ receiver: 'stopped' })
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['done', 'waiting']))
    expect(rows.map(({ crashes }) => crashes)).toEqual(Array(64).fill(0))
    inbox.work(workOf(run, { receiver: 'stopped', concurrency: 16 }))
    await expect
      .poll(() => inbox.events({ receiver: 'stopped', state: 'done' }), { timeout: 15_000 })
      .toHaveLength(64)
    expect(ran.toSorted()).toEqual([...new Set(ran)].toSorted())
  })

  test('that were cut off come again, and those that were done do not', async () => {
    const { inbox } = open()
    const ran: string[] = []
    const run = async (claim: Claim, { signal }: AttemptScope) => {
      ran.push(nameOf(claim))
      const isSlow = ran.length > 10 && ran.length <= 14
      if (isSlow)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    await recordTogether(inbox, 'cut', 40)
    const first = inbox.work(workOf(run, { receiver: 'cut', concurrency: 4 }))
    await expect.poll(() => ran.length).toBe(14)
    await first.stop(0)
    const attempts = (await inbox.events({ receiver: 'cut' })).map(
      ({ state, attempts }) => `${state} ${attempts}`,
    )
    expect([...new Set(attempts)].toSorted()).toEqual(['done 1', 'waiting 0'])
    inbox.work(workOf(run, { receiver: 'cut', concurrency: 4 }))
    await expect
      .poll(() => inbox.events({ receiver: 'cut', state: 'done' }), { timeout: 10_000 })
      .toHaveLength(40)
    expect(ran).toHaveLength(44)
  })
})

test('a ticket that comes before its time comes again at its time', async () => {
  const { inbox } = open()
  const ranAt: number[] = []
  await recordTogether(inbox, 'early', 2)
  await database.query(
    `UPDATE kyc_webhooks.event SET due_at = now() + interval '700 milliseconds' WHERE receiver = 'early'`,
  )
  const startedAt = performance.now()
  inbox.work(workOf(async () => void ranAt.push(performance.now() - startedAt), { receiver: 'early' }))
  await expect
    .poll(() => inbox.events({ receiver: 'early', state: 'done' }), { timeout: 5_000 })
    .toHaveLength(2)
  expect(Math.min(...ranAt)).toBeGreaterThan(500)
  expect((await inbox.events({ receiver: 'early' })).map(({ attempts }) => attempts)).toEqual([1, 1])
})

describe('a job that somebody deleted', () => {
  test('is made anew once its event is long due', async () => {
    const { inbox, store } = open()
    await recordTogether(inbox, 'tended', 20)
    await database.query(`DELETE FROM kyc_webhooks_boss.job WHERE name = 'events.tended'`)
    expect(await tendAll(store, 'tended', { waitingMs: 60_000, runningMs: 60_000 })).toBe(0)
    expect(await tendAll(store, 'other')).toBe(0)
    expect(await tendAll(store, 'tended')).toBe(20)
    expect(await tendAll(store, 'tended')).toBe(0)
    let handled = 0
    inbox.work(workOf(async () => void handled++, { receiver: 'tended', concurrency: 8 }))
    await expect.poll(() => inbox.events({ receiver: 'tended', state: 'done' })).toHaveLength(20)
    expect(handled).toBe(20)
  })

  test('is made anew for all events when the jobs of a database were not restored', async () => {
    const before = open()
    await recordTogether(before.inbox, 'restored', 30)
    await before.inbox.close()
    await database.query('DROP SCHEMA kyc_webhooks_boss CASCADE')
    const { inbox, store } = open()
    let handled = 0
    inbox.work(workOf(async () => void handled++, { receiver: 'restored' }))
    await inbox.open()
    await store.tickets.ensure('restored')
    expect(await tendAll(store, 'restored')).toBe(30)
    await expect
      .poll(() => inbox.events({ receiver: 'restored', state: 'done' }), { timeout: 10_000 })
      .toHaveLength(30)
    expect(handled).toBe(30)
  })

  test('is not missed while it is there, whatever its state', async () => {
    const { inbox, store } = open()
    await recordTogether(inbox, 'kept', 3)
    for (const state of ['created', 'retry', 'active']) {
      await database.query(`UPDATE kyc_webhooks_boss.job SET state = $1 WHERE name = 'events.kept'`, [state])
      expect(await tendAll(store, 'kept')).toBe(0)
    }
    await database.query(`UPDATE kyc_webhooks_boss.job SET state = 'cancelled' WHERE name = 'events.kept'`)
    expect(await tendAll(store, 'kept')).toBe(3)
  })

  test('is missed behind any number of events of other receivers, and behind those that have theirs', async () => {
    const { inbox, store } = open()
    await recordTogether(inbox, 'ahead', 1)
    await store.tickets.ensure('behind')
    // As many as a look goes through at once.
    await database.query(
      `INSERT INTO kyc_webhooks.event (delivery, receiver, type, json, ticket, due_at)
       SELECT delivery, CASE n % 2 WHEN 0 THEN 'ahead' ELSE 'behind' END, type, json, ticket, due_at
       FROM kyc_webhooks.event, generate_series(1, 10500) AS n WHERE receiver = 'ahead'`,
    )
    await database.query(
      `INSERT INTO kyc_webhooks_boss.job (name, id) SELECT 'events.behind', ticket FROM kyc_webhooks.event
       WHERE receiver = 'ahead' LIMIT 1`,
    )
    await recordTogether(inbox, 'behind', 3)
    const [kept] = await database.query(`SELECT count(*)::int AS jobs FROM kyc_webhooks_boss.job`)
    await database.query(
      `DELETE FROM kyc_webhooks_boss.job WHERE name = 'events.behind' AND data IS NOT NULL`,
    )
    expect(await tendAll(store, 'behind')).toBe(3)
    expect(await database.query(`SELECT count(*)::int AS jobs FROM kyc_webhooks_boss.job`)).toEqual([kept])
    await database.clear()
  })

  test('while its event was running is missed once the attempt must be over', async () => {
    const { inbox, store } = open()
    const started = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    onTestFinished(() => ended.resolve())
    const run = async () => {
      started.resolve()
      await ended.promise
    }
    await recordTogether(inbox, 'killed', 1)
    await database.query(`UPDATE kyc_webhooks.event SET due_at = now() - interval '1 day'`)
    const worker = inbox.work(workOf(run, { receiver: 'killed' }))
    await started.promise
    await database.query(`DELETE FROM kyc_webhooks_boss.job WHERE name = 'events.killed'`)
    // It has waited long, but it runs only since a moment.
    expect(await tendAll(store, 'killed', { waitingMs: 0, runningMs: 60_000 })).toBe(0)
    await database.query(
      `UPDATE kyc_webhooks.event SET due_at = due_at - interval '1 minute' WHERE receiver = 'killed'`,
    )
    expect(await tendAll(store, 'killed', { waitingMs: 0, runningMs: 60_000 })).toBe(1)
    ended.resolve()
    await worker.stop(1_000)
  })

  test('of a dead letter is made anew when it is retried', async () => {
    const { inbox } = open()
    let isBroken = true
    const run = async () => {
      if (isBroken) throw new TypeError('broken')
    }
    inbox.work(workOf(run, { receiver: 'buried' }))
    await recordTogether(inbox, 'buried', 2)
    await expect.poll(() => inbox.events({ receiver: 'buried', state: 'dead' })).toHaveLength(2)
    await database.query(`DELETE FROM kyc_webhooks_boss.job WHERE name = 'events.buried.dead'`)
    isBroken = false
    expect(await inbox.retry((await inbox.events({ receiver: 'buried' })).map(({ seq }) => seq))).toBe(2)
    await expect.poll(() => inbox.events({ receiver: 'buried', state: 'done' })).toHaveLength(2)
  })
})

describe('a queue that somebody deleted', () => {
  /** As pg-boss does it: its jobs first. */
  const deleteQueue = async (receiver: string) => {
    for (const queue of [`events.${receiver}`, `events.${receiver}.dead`]) {
      await database.query('DELETE FROM kyc_webhooks_boss.job WHERE name = $1', [queue])
      await database.query('DELETE FROM kyc_webhooks_boss.queue WHERE name = $1', [queue])
    }
  }
  const answer = (recording: Promise<unknown>) => recording.catch(({ code }) => code)

  test('is made again: no delivery is answered without a job', async () => {
    const { inbox } = open()
    await recordTogether(inbox, 'dropped', 1)
    await deleteQueue('dropped')
    const others = Promise.all(['a', 'b'].map((name) => recordTogether(inbox, `fine-${name}`, 1)))
    expect(await others).toEqual(['recorded', 'recorded'])
    await expect
      .poll(() => answer(inbox.record(arriving('x', { receiver: 'dropped', events: [event('x')] }))))
      .toBe('recorded')
    expect(await jobs('dropped')).toEqual([{ events: 1, state: 'created' }])
  })

  test('is made again when it is missed by a settlement', async () => {
    const { inbox } = open()
    let isDeleted = false
    const run = async (claim: Claim) => {
      if (claim.attempt > 1) return
      await deleteQueue('lost')
      isDeleted = true
      throw new TypeError('once')
    }
    await recordTogether(inbox, 'lost', 1)
    inbox.work(workOf(run, { receiver: 'lost' }))
    await expect
      .poll(() => inbox.events({ receiver: 'lost' }), { timeout: 15_000 })
      .toMatchObject([{ state: 'done', attempts: 2 }])
    expect(isDeleted).toBe(true)
  })

  test('fails tending, which gives up and makes it again', async () => {
    const { inbox, store } = open()
    await recordTogether(inbox, 'gone', 3)
    await deleteQueue('gone')
    await expect(tendAll(store, 'gone')).rejects.toThrow('queue')
    await expect.poll(() => tendAll(store, 'gone').catch(() => 0)).toBe(3)
    expect((await jobs('gone')).length).toBe(3)
  })
})

test('a queue that cannot be made in time fails its own deliveries alone', async () => {
  const { inbox } = open()
  await recordTogether(inbox, 'quick', 1)
  const other = new pg.Client({ connectionString: database.url })
  await other.connect()
  onTestFinished(() => other.end())
  await other.query('BEGIN; LOCK TABLE kyc_webhooks_boss.queue IN SHARE ROW EXCLUSIVE MODE')
  const [slow, quick] = await Promise.allSettled([
    recordTogether(inbox, 'slow', 1),
    inbox.record(arriving('another', { receiver: 'quick', events: [event('another')] })),
  ])
  expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'inbox-unavailable' } })
  expect(quick).toEqual({ status: 'fulfilled', value: 'recorded' })
  await other.query('ROLLBACK')
  await expect.poll(() => recordTogether(inbox, 'slow', 1).catch(({ code }) => code)).toBe('recorded')
})

describe('permits', () => {
  test('are never more than there are, and who asked first is first', async () => {
    const permits = new Permits(3)
    expect(await permits.take(2)).toBe(2)
    const second = permits.take(5)
    const third = permits.take(1)
    expect(await second).toBe(1)
    permits.give(1)
    permits.give(1)
    expect(await third).toBe(1)
    expect(await permits.take(9)).toBe(1)
  })

  test('given back in one turn are taken together', async () => {
    const permits = new Permits(4)
    await permits.take(4)
    const next = permits.take(4)
    for (let n = 0; n < 4; n++) permits.give(1)
    expect(await next).toBe(4)
  })
})
