import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { claim, receipt, record, startOne, T0 } from '@kyc-webhooks/testing'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { PackedReceipts } from '../src/packed-receipts.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

/** Collects the threads that are started from now on. */
function watchThreads(): Worker[] {
  const threads: Worker[] = []
  const listener = (message: unknown) => threads.push((message as { worker: Worker }).worker)
  subscribe('worker_threads', listener)
  onTestFinished(() => void unsubscribe('worker_threads', listener))
  return threads
}

test('when the thread dies, calls under way reject and the next starts another', async () => {
  const threads = watchThreads()
  const file = temporaryFile()
  const engine = await openEngine(file)
  await record(engine, 'before')
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  const calls = ['a', 'b', 'c'].map((id) => record(engine, id))
  await threads[0]?.terminate()
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({
      code: 'inbox-unavailable',
      message: expect.stringContaining('thread ended'),
    })
  }
  other.close()
  expect(await record(engine, 'before')).toBe('duplicate')
  expect(await record(engine, 'a')).toBe('recorded')
  expect(threads).toHaveLength(2)
})

test('the right to run dies with the thread, and must be asked for again', async () => {
  const threads = watchThreads()
  const file = temporaryFile()
  const [engine, other] = [await openEngine(file), await openEngine(file)]
  await startOne(engine)
  await threads[0]?.terminate()
  await expect(engine.claim({ receiver: 'press', now: T0, limit: 1, suspects: true })).rejects.toMatchObject({
    code: 'inbox-unavailable',
  })
  expect(await other.acquire('press', T0)).toBe(true)
  expect((await claim(other)).claims).toMatchObject([{ attempt: 2, crashes: 1 }])
})

test('no thread is left of an engine that is closed or failed to open', async () => {
  const threads = watchThreads()
  const engine = await openEngine(temporaryFile())
  await engine.close()
  await expect(openEngine('/dev/null/inbox.db')).rejects.toMatchObject({ code: 'inbox-unusable' })
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1])
})

test('inline, there is no thread', async () => {
  const threads = watchThreads()
  const engine = await openEngine(temporaryFile(), { thread: false })
  expect(await record(engine, 'a')).toBe('recorded')
  expect(threads).toEqual([])
})

test('the event loop turns while commits are written', async () => {
  const engine = await openEngine(temporaryFile())
  let turns = 0
  let done = false
  const spin = () => {
    turns++
    if (!done) setImmediate(spin)
  }
  spin()
  for (let index = 0; index < 50; index++) {
    await engine.commit([receipt(`${index}`, { body: Buffer.alloc(200_000) })], [])
  }
  done = true
  expect(turns).toBeGreaterThan(100)
})

test('only the bytes of a delivery go to the thread, not the buffer that they lie in', async () => {
  const threads = watchThreads()
  const engine = await openEngine(temporaryFile())
  const sent: { args: [PackedReceipts] }[] = []
  const [thread] = threads
  const post = thread?.postMessage.bind(thread)
  Object.assign(thread ?? {}, {
    postMessage: (call: { args: [PackedReceipts] }) => post?.(sent.push(call) && call),
  })
  const body = Buffer.from('neighbours|a delivery|neighbours').subarray(11, 21)
  await engine.commit([receipt('a', { body })], [])
  const given = sent[0]?.args[0]
  expect(new TextDecoder().decode(new Uint8Array(given?.bodies.buffer ?? new ArrayBuffer()))).toBe(
    'a delivery',
  )
})

/** Transactions in the write-ahead log (https://sqlite.org/fileformat2.html#walformat): each ends with a frame that has the size of the database. */
function transactions(file: string): number {
  const log = readFileSync(`${file}-wal`)
  const frame = 24 + log.readUInt32BE(8)
  return Array.from({ length: Math.floor((log.length - 32) / frame) }, (_, at) =>
    log.readUInt32BE(32 + at * frame + 4),
  ).filter((size) => size > 0).length
}

test('what has come while the thread was busy is written together', async () => {
  const file = temporaryFile()
  const engine = await openEngine(file)
  await engine.acquire('press', T0)
  await record(engine, 'before')
  const other = new Database(file)
  // The thread is busy with the first one until it has the lock.
  other.exec('BEGIN IMMEDIATE')
  const first = record(engine, 'first')
  await sleep(50)
  const request = { receiver: 'press', now: T0, limit: 10, suspects: true }
  const calls = [
    record(engine, 'a'),
    engine.claim(request),
    record(engine, 'b'),
    record(engine, 'a'),
  ] as const
  const before = transactions(file)
  other.exec('COMMIT')
  const [a, { claims }, b, again] = await Promise.all(calls)
  expect([await first, a, b, again]).toEqual(['recorded', 'recorded', 'recorded', 'duplicate'])
  expect(claims).toHaveLength(3)
  expect(transactions(file) - before).toBe(2)
  other.close()
})
