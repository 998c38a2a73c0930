import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { moveInbox } from '@kyc-webhooks/core'
import { claim, receipt, record } from '@kyc-webhooks/testing'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { headKey } from '../../core/src/inbox/head-key.ts'
import { connect, loadDriver } from '../src/connection.ts'
import { sqliteInbox } from '../src/index.ts'
import { moveCalls } from '../src/move-calls.ts'
import { RunnerLocks } from '../src/runner-locks.ts'
import { startProcess } from './support/processes.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

test('heads of an inbox of the first version are found under their hashes', async () => {
  const file = temporaryFile()
  await (await openEngine(file)).close()
  const db = new Database(file)
  for (const { name } of db.prepare<[], { name: string }>(TRIGGERS).all()) db.exec(`DROP TRIGGER ${name}`)
  db.exec(`
    DROP TABLE head; DROP TABLE move; DROP TABLE seal; DROP TABLE unverified;
    DROP INDEX event_subject; DROP INDEX event_unlooked; ALTER TABLE event DROP COLUMN subject;
    CREATE TABLE head (receiver TEXT NOT NULL, subject TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
    INSERT INTO head VALUES ('press', 'anna', 9), ('uip', 'anna', 7), ('press', 'nul' || char(0) || '\u{1f600}', 5)`)
  db.pragma('user_version = 1')
  db.close()
  const engine = await openEngine(file)
  expect(await engine.head([headKey('press', 'anna')])).toBe(9)
  expect(await engine.head([headKey('uip', 'anna')])).toBe(7)
  expect(await engine.head([headKey('press', 'nul\0\u{1f600}')])).toBe(5)
  expect(await engine.head([headKey('uip', 'ben')])).toBeUndefined()
})

const TRIGGERS = `SELECT name FROM sqlite_schema WHERE type = 'trigger'`

test('an inbox whose events another process runs is not moved until that process is gone', async () => {
  const [from, to] = [sqliteInbox({ file: temporaryFile() }), sqliteInbox({ file: temporaryFile() })]
  onTestFinished(() => Promise.all([from.close(), to.close()]).then(() => {}))
  await from.record(receipt('a'))
  const file = from.name.slice('sqlite '.length)
  const running = startProcess('hold', file)
  await running.saying('holds 1')
  await expect(moveInbox(from, to)).rejects.toMatchObject({
    code: 'inbox-in-use',
    message: expect.stringContaining('inbox.db-press.lock'),
  })
  await running.kill()
  expect(await moveInbox(from, to)).toMatchObject({ events: 1 })
  expect(await to.events()).toMatchObject([{ state: 'waiting', attempts: 1, crashes: 1 }])
})

test('a process that had no event to run yet keeps an inbox from being moved as well', async () => {
  const [engine, other] = [await openEngine(temporaryFile()), await openEngine(temporaryFile())]
  await engine.acquire('Some One', 0)
  const take = async () => {}
  await expect(engine.handOver('there', take)).rejects.toMatchObject({ code: 'inbox-in-use' })
  await other.handOver('there', take)
})

test('a move waits for whoever is writing at the moment', async () => {
  const file = temporaryFile()
  await (await openEngine(file)).close()
  const driver = await loadDriver()
  const db = connect(driver, file)
  onTestFinished(() => void db.close())
  // In a thread of its own: this one waits.
  const writing = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    const db = new (require('better-sqlite3'))(workerData)
    db.exec('BEGIN IMMEDIATE')
    parentPort.postMessage('writing')
    setTimeout(() => db.exec('ROLLBACK'), 500)`,
    { eval: true, workerData: file },
  )
  await once(writing, 'message')
  const move = moveCalls(db, new RunnerLocks(driver, file))
  expect(move.depart('there')).toMatchObject({ leaving: { counts: { events: 0 } } })
})

test.each(['handOver', 'takeOver'] as const)(
  'when the thread of %s dies, nothing has happened',
  async (step) => {
    const [from, to] = [await openEngine(temporaryFile()), await openEngine(temporaryFile())]
    for (const id of ['a', 'b']) await record(from, id)
    const threads = watchThreads()
    const moving = from.handOver('there', (move) => {
      const rows = async function* () {
        for await (const some of move.rows) {
          yield some
          // The source's thread was the first to start, the target's the second.
          await threads[step === 'handOver' ? 0 : 1]?.terminate()
        }
      }
      return to.takeOver({ ...move, rows: rows() })
    })
    await expect(moving).rejects.toMatchObject({ code: 'inbox-unavailable' })
    expect(await record(from, 'a')).toBe('duplicate')
    expect((await claim(from)).claims).toHaveLength(2)
    expect(await record(to, 'a')).toBe('recorded')
  },
)

test('a move leaves no thread behind', async () => {
  const [from, to] = [await openEngine(temporaryFile()), await openEngine(temporaryFile())]
  const threads = watchThreads()
  const departure = await from.handOver('there', (move) => to.takeOver(move))
  await to.moveIn(departure)
  await expect(from.open()).rejects.toMatchObject({ code: 'inbox-moved' })
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1, -1])
})

/** Collects the threads that are started from now on. */
function watchThreads(): Worker[] {
  const threads: Worker[] = []
  const listener = (message: unknown) => threads.push((message as { worker: Worker }).worker)
  subscribe('worker_threads', listener)
  onTestFinished(() => void unsubscribe('worker_threads', listener))
  return threads
}
