import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { claim, record, T0 } from '@kyc-webhooks/testing'
import { expect, test } from 'vitest'
import { startProcess } from './support/processes.ts'
import { openEngine, temporaryFile } from './support/stores.ts'

test('a killed process gives up the right to run at once, and its attempts count as crashes', async () => {
  const file = temporaryFile()
  const engine = await openEngine(file)
  await record(engine, 'a')
  await record(engine, 'b')
  const other = startProcess('hold', file)
  expect(await other.saying('holds')).toBe('holds 2')
  expect(await engine.acquire('press', T0)).toBe(false)
  await other.kill()
  const killedAt = performance.now()
  expect(await engine.acquire('press', T0)).toBe(true)
  expect(performance.now() - killedAt).toBeLessThan(1_000)
  expect(await engine.events({})).toMatchObject([
    { state: 'waiting', attempts: 1, crashes: 1 },
    { state: 'waiting', attempts: 1, crashes: 1 },
  ])
})

test('a process in a thread and one inline exclude each other', async () => {
  const file = temporaryFile()
  const inline = startProcess('hold', file, { thread: false })
  await inline.saying('holds')
  const engine = await openEngine(file)
  expect(await engine.acquire('press', T0)).toBe(false)
  expect(await (await openEngine(file, { thread: false })).acquire('press', T0)).toBe(false)
  await inline.kill()
  expect(await engine.acquire('press', T0)).toBe(true)
})

test('processes that start together on a new file record each delivery once', async () => {
  const file = temporaryFile()
  const ids = Array.from({ length: 200 }, (_, index) => `delivery ${index}`)
  const processes = [ids, ids.toReversed(), ids].map((ids) => startProcess('record', file, { ids }))
  expect(await Promise.all(processes.map((each) => each.ended()))).toEqual([0, 0, 0])
  const lines = processes.flatMap((each) => each.lines)
  const recorded = lines.filter((line) => line.startsWith('recorded')).toSorted()
  expect(recorded).toEqual(ids.map((id) => `recorded ${id}`).toSorted())
  expect(lines.filter((line) => line.startsWith('duplicate'))).toHaveLength(400)
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([])
  const engine = await openEngine(file)
  expect(await engine.stats()).toMatchObject({ waiting: 200 })
  // Nothing is left of the drafts that lost.
  expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.new'))).toEqual([])
})

test('whatever was acknowledged is there after a kill, again and again', async () => {
  const file = temporaryFile()
  const acknowledged: string[] = []
  for (let round = 0; round < 6; round++) {
    const pouring = startProcess('pour', file, { thread: round % 2 === 0 })
    await pouring.saying('recorded')
    await new Promise((resolve) => setTimeout(resolve, 20 + round * 37))
    await pouring.kill()
    // The last line may have been cut off.
    acknowledged.push(...pouring.lines.filter((line) => /^recorded \S+ \d+$/.test(line)).slice(0, -1))
  }
  const engine = await openEngine(file)
  const known = new Set<string>()
  for (let after = 0, page = 1; page > 0; ) {
    const events = await engine.events({ after, limit: 1_000 })
    for (const { context } of events) known.add(`${context.id}`)
    page = events.length
    after = events.at(-1)?.seq ?? after
  }
  expect(acknowledged.length).toBeGreaterThan(100)
  expect(acknowledged.map((line) => line.split(' ')[1] ?? '').filter((id) => !known.has(id))).toEqual([])
  expect((await claim(engine, T0, 10)).claims).toHaveLength(10)
})

test('an open inbox with nothing to do does not keep its process alive', async () => {
  const idle = startProcess('idle', temporaryFile())
  expect(await idle.ended()).toBe(0)
  expect(idle.lines).toEqual(['open'])
})

test('a commit under way keeps its process alive', async () => {
  const file = temporaryFile()
  const leaving = startProcess('leave', file)
  expect(await leaving.ended()).toBe(0)
  expect(leaving.lines).toEqual(['open', 'recorded left'])
  expect(await record(await openEngine(file), 'left')).toBe('duplicate')
})

test('a closed inbox leaves one file and its locks, and lets its process end', async () => {
  const file = temporaryFile()
  const closing = startProcess('close', file)
  expect(await closing.ended()).toBe(0)
  expect(readdirSync(dirname(file))).toEqual([basename(file)])
})
