import { expect, it, onTestFinished } from 'vitest'
import { Purger } from '../../src/inbox/purger.ts'
import { type Around, bench, engineWith, hang, pass, receiptOf, unavailable, virtualTime } from './support.ts'

function purging(around: Around, everyMs = 60_000) {
  virtualTime()
  const engine = engineWith(around)
  const failures: number[] = []
  const purger = new Purger(engine, { everyMs, now: () => 42, onFailing: (_, count) => failures.push(count) })
  purger.start()
  onTestFinished(() => void purger.stop())
  return { engine, purger, failures }
}

it('deletes a few rows at a time, with pauses, until few are left', async () => {
  const left = [500, 500, 500, 20, 0]
  const { engine } = purging(async () => left.shift() ?? 0)
  await pass(59_999)
  expect(engine.calls).toEqual([])
  await pass(200)
  expect(engine.calls).toHaveLength(4)
  expect(engine.calls[0]?.args).toEqual([42, 500])
  await pass(59_000)
  expect(engine.calls).toHaveLength(4)
  await pass(1_000)
  expect(engine.calls).toHaveLength(5)
})

it('goes on after a failure, which is told when it is not the first in a row', async () => {
  let isBroken = false
  const { engine, failures } = purging(() => (isBroken ? Promise.reject(unavailable()) : Promise.resolve(0)))
  for (const broken of [false, true, false, true, true, true, false]) {
    isBroken = broken
    await pass(60_000)
  }
  expect(engine.calls).toHaveLength(7)
  expect(failures).toEqual([2, 3])
})

it('is told in the log of a receiver', async () => {
  const engine = engineWith(({ method }, carryOut) =>
    method === 'purge' ? Promise.reject(unavailable()) : carryOut(),
  )
  const { log, inbox } = bench({ engine })
  void inbox.record(receiptOf('a'))
  await pass(125_000)
  expect(log.where({ level: 'error', code: 'inbox-unavailable', inbox: 'memory', failures: 2 })).toHaveLength(
    1,
  )
})

it('makes one step at a time, also when a step takes longer than the pause', async () => {
  const { engine } = purging(hang, 10)
  await pass(1_000)
  expect(engine.calls).toHaveLength(1)
})

it('stops: waits for the step under way and makes no other', async () => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const { engine, purger } = purging(() => promise, 10)
  await pass(20)
  let isStopped = false
  void purger.stop().then(() => {
    isStopped = true
  })
  await pass(100)
  expect(isStopped).toBe(false)
  resolve(500)
  await pass(1_000)
  expect(isStopped).toBe(true)
  expect(engine.calls).toHaveLength(1)
  purger.start()
  await pass(1_000)
  expect(engine.calls).toHaveLength(1)
})

it('deletes in the inbox what is over: handled events and keys', async () => {
  const { inbox, engine } = bench({ keepHandledMs: 100_000 })
  void inbox.record(receiptOf('a', { keyExpiresAt: Date.now() + 30_000 }))
  await pass(30_000)
  await expect(inbox.stats()).resolves.toMatchObject({ done: 1 })
  await pass(151_000)
  await expect(inbox.stats()).resolves.toMatchObject({ done: 0 })
  expect(engine.count('purge')).toBe(3)
})
