import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createReceiver,
  type Inbox,
  moveInbox,
  type PressEvent,
  press,
  type Receiver,
} from '@kyc-webhooks/core'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { SECRET, sampleBody, signedHeaders } from '@kyc-webhooks/testing'
import { expect, onTestFinished, test } from 'vitest'
import { arriving, workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { startMoveProcess } from './support/processes.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()
let schemas = 0

/** A schema with nothing in it. */
const newSchema = (): string => `moved_${++schemas}`

function onPostgres(schema: string): Inbox {
  const inbox = postgresInbox({ connectionString: database.url, schema, maxConnections: 6 })
  onTestFinished(() => inbox.close())
  return inbox
}

function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-webhooks-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'inbox.db')
}

function onSqlite(file: string = temporaryFile()): Inbox {
  const inbox = sqliteInbox({ file })
  onTestFinished(() => inbox.close())
  return inbox
}

/** The machine may be busy: what PRESS waits for is not what is tested here. */
const options = { secret: SECRET, budgetMs: 20_000, logger: false } as const

async function deliver(receiver: Receiver, id: string, body = sampleBody(id)): Promise<number> {
  const { status } = await receiver.receive({
    method: 'POST',
    rawHeaders: Object.entries(signedHeaders(body)).flat(),
    readBody: async () => body,
    remoteAddress: '127.0.0.1',
    tls: undefined,
  })
  return status
}

/** A receiver whose handler does what `run` does, and tells which delivery it was for. */
function receiverOn(inbox: Inbox, run: (id: string) => void | Promise<void>): Receiver {
  const onEvent = (_: PressEvent, { delivery }: { delivery: { id?: string } }) => run(delivery.id ?? '')
  return createReceiver(press(), { ...options, inbox, onEvent, retry: { attempts: 1 } })
}

test('an inbox moves to Postgres and back with a receiver on it, and each event is handled once', async () => {
  const [file, schema] = [temporaryFile(), newSchema()]
  const handled: string[] = []
  const ids = (kind: string) => Array.from({ length: 20 }, (_, index) => `${kind} ${index}`)

  const old = sqliteInbox({ file })
  const first = receiverOn(old, (id) => {
    if (id.startsWith('dead')) throw new TypeError('not today')
    handled.push(id)
  })
  for (const id of [...ids('done'), ...ids('dead')]) expect(await deliver(first, id)).toBe(200)
  await until(old, { done: 20, dead: 20 })
  await first.close()
  const recording = createReceiver(press(), { ...options, inbox: old, receiveOnly: true })
  for (const id of ids('waiting')) expect(await deliver(recording, id)).toBe(200)
  expect(await deliver(recording, 'done 1', Buffer.concat([sampleBody('done 1'), Buffer.from(' ')]))).toBe(
    200,
  )
  const letters = await old.events({ state: 'dead' })
  const evidence = (await old.quarantined()).map(({ body, ...row }) => ({ ...row, body: Buffer.from(body) }))
  const before = await old.events({ limit: 1_000 })
  await recording.close()

  const middle = onPostgres(schema)
  expect(await moveInbox(old, middle)).toMatchObject({ keys: 60, deliveries: 60, events: 60, quarantined: 1 })
  expect(await middle.events({ limit: 1_000 })).toEqual(before)
  expect(await middle.quarantined()).toEqual(evidence)

  const second = receiverOn(middle, (id) => {
    if (id.startsWith('dead 1')) throw new TypeError('not today either')
    handled.push(id)
  })
  await until(middle, { done: 40, dead: 20, waiting: 0 })
  for (const id of [...ids('done'), ...ids('dead'), ...ids('waiting')])
    expect(await deliver(second, id)).toBe(200)
  expect(await middle.retry(letters.map(({ seq }) => seq))).toBe(20)
  await until(middle, { done: 49, dead: 11, waiting: 0 })
  expect(await deliver(second, 'new on Postgres')).toBe(200)
  await until(middle, { done: 50 })
  await second.close()

  const last = onSqlite()
  expect(await moveInbox(middle, last)).toMatchObject({ keys: 61, events: 61, quarantined: 1 })
  const third = receiverOn(last, (id) => void handled.push(id))
  expect(await last.retry(letters.map(({ seq }) => seq))).toBe(11)
  for (const id of [...ids('done'), 'new on Postgres', 'new on SQLite'])
    expect(await deliver(third, id)).toBe(200)
  await until(last, { done: 62, dead: 0, waiting: 0 })
  await third.close()

  expect(handled.toSorted()).toEqual(
    [...ids('done'), ...ids('dead'), ...ids('waiting'), 'new on Postgres', 'new on SQLite'].toSorted(),
  )
  for (const [inbox, where] of [
    [old, `postgres ${schema}`],
    [middle, 'sqlite'],
  ] as const) {
    const late = receiverOn(inbox, () => {})
    expect(await deliver(late, 'late')).toBe(503)
    await late.close()
    await expect(inbox.record(arriving('late'))).rejects.toThrow(`moved away: to ${where}`)
  }
})

test('the latest of a subject stays the latest on the other engine', async () => {
  const inboxes = [onSqlite(), onPostgres(newSchema()), onSqlite()]
  const times = [[5], [4, 7], [6, 8]]
  const applied: number[] = []
  for (const [index, inbox] of inboxes.entries()) {
    const before = inboxes[index - 1]
    if (before) await moveInbox(before, inbox)
    const worker = inbox.work(
      workOf(({ json }, { latest }) => {
        const { name: time } = JSON.parse(json)
        return latest('anna', Number(time), 'skip', () => applied.push(Number(time))).then(() => {})
      }),
    )
    for (const time of times[index] ?? []) {
      await inbox.record(arriving(`${time}`))
      await until(inbox, { waiting: 0, running: 0 })
    }
    await worker.stop(1_000)
  }
  expect(applied).toEqual([5, 7, 8])
})

test('workers that wait on an empty inbox run what moves into it', async () => {
  const old = onSqlite()
  for (let n = 0; n < 30; n++) await old.record(arriving(`${n}`))
  const schema = newSchema()
  const [working, moving] = [onPostgres(schema), onPostgres(schema)]
  const ran: number[] = []
  working.work(workOf(async ({ seq }) => void ran.push(seq)))
  await working.open()
  await moveInbox(old, moving)
  await until(working, { done: 30 })
  expect(ran.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1))
})

test('what a process acknowledges while the inbox moves is there, and what it refuses is not', async () => {
  const [file, schema] = [temporaryFile(), newSchema()]
  const pouring = startMoveProcess('pour', file)
  await pouring.saying('recorded', 200)
  const [from, to] = [onSqlite(file), onPostgres(schema)]
  await moveInbox(from, to)
  await pouring.saying('refused: inbox-unavailable: The inbox was moved away', 5)
  await pouring.kill()
  const acknowledged = pouring.lines
    .filter((line) => /^recorded \w+ \d+$/.test(line))
    .map((line) => line.slice(9))
  const there = await allIds(to)
  expect(there.toSorted()).toEqual(acknowledged.toSorted())
})

const STOPS = ['handing over', 'in the middle', 'taken over', 'handed over'] as const

test.each(STOPS)('a move that is killed (%s) is finished by the next one', async (stop) => {
  const [file, url] = [temporaryFile(), database.url]
  await database.query('DROP SCHEMA IF EXISTS kyc_webhooks CASCADE')
  const from = onSqlite(file)
  for (let n = 0; n < 50; n++) await from.record(arriving(`${n}`, { body: Buffer.alloc(50_000, n) }))
  const dying = startMoveProcess('move', file, url, stop)
  await dying.saying(`at ${stop}`)
  await dying.kill()

  const to = onPostgres('kyc_webhooks')
  const isClosed = stop === 'handed over'
  const outcome = await from.record(arriving('meanwhile')).catch((error: Error) => error.message)
  expect(outcome).toEqual(isClosed ? expect.stringContaining('moved away') : 'recorded')
  const hasArrived = stop === 'taken over' || stop === 'handed over'
  const opened = await to.open().catch(({ code }) => code)
  expect(opened).toBe(hasArrived ? 'inbox-moving' : undefined)

  const again = startMoveProcess('move', file, url)
  await again.saying(`moved ${isClosed ? 50 : 51}`)
  await to.open()
  expect(await to.stats()).toMatchObject({ waiting: isClosed ? 50 : 51 })
  expect(await to.record(arriving('7', { body: Buffer.alloc(50_000, 7) }))).toBe('duplicate')
  await expect(from.record(arriving('late'))).rejects.toThrow('moved away')
})

test('an inbox on Postgres whose events are being run is not moved, and one whose worker died is', async () => {
  const from = onPostgres(newSchema())
  const inHand = Promise.withResolvers<void>()
  const worker = from.work(workOf(() => inHand.promise))
  await from.record(arriving('a'))
  await until(from, { running: 1 })
  const beside = onPostgres(`moved_${schemas}`)
  await expect(moveInbox(beside, onSqlite())).rejects.toMatchObject({
    code: 'inbox-in-use',
    message: expect.stringContaining('press'),
  })
  // Nothing is heard of its worker any more.
  await database.query(`UPDATE moved_${schemas}_boss.job SET heartbeat_on = now() - interval '1 hour'`)
  const to = onSqlite()
  await moveInbox(beside, to)
  expect(await to.events()).toMatchObject([{ state: 'waiting', attempts: 1, crashes: 1 }])
  inHand.resolve()
  await worker.stop(0)
})

test('an open inbox that was moved away is no longer healthy', async () => {
  const from = onPostgres(newSchema())
  await from.open()
  expect(await from.health()).toMatchObject({ reachable: true })
  await moveInbox(onPostgres(`moved_${schemas}`), onSqlite())
  expect(await from.health()).toMatchObject({ reachable: false })
})

async function allIds(inbox: Inbox): Promise<string[]> {
  const ids: string[] = []
  for (let after = 0; ; ) {
    const events = await inbox.events({ after, limit: 1_000 })
    ids.push(...events.map(({ context }) => context.id ?? ''))
    const last = events.at(-1)
    if (last === undefined) return ids
    after = last.seq
  }
}
