import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { AdapterCase } from './adapter-case.ts'
import { expectUnharmed } from './adapter-harm.ts'
import { sampleBody } from './adapter-samples.ts'
import { rawDelivery, rawForgery } from './raw-request.ts'

/** What hundreds may take on a busy machine, in milliseconds. */
const PATIENCE_MS = 15_000

const idsOf = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`)

/** Many at once, and what takes too long. */
export const loadCases: readonly AdapterCase[] = [
  {
    name: 'two thousand deliveries over fifty connections are all accepted, and each is handled once',
    async run(fixture) {
      const ids = idsOf(2_000, 'load')
      const connections = Array.from({ length: 50 }, () => fixture.connect())
      await Promise.all(
        connections.map(async (connection, at) => {
          for (const id of ids.filter((_, index) => index % connections.length === at)) {
            connection.write(rawDelivery(id))
            expect(await connection.outcome(PATIENCE_MS)).toBe(200)
          }
        }),
      )
      await expectUnharmed(fixture, ids)
    },
  },
  {
    name: 'sixty bodies that do not come hold up nobody, and are given up',
    options: { readTimeoutMs: 300 },
    async run(fixture) {
      const slow = idsOf(60, 'slow').map((id) => {
        const connection = fixture.connect()
        connection.write(rawDelivery(id).slice(0, -20))
        return connection
      })
      await sleep(50)
      expect((await fixture.deliver(sampleBody('meanwhile'))).status).toBe(200)
      const outcomes = await Promise.all(slow.map((connection) => connection.outcome(PATIENCE_MS)))
      expect(new Set(outcomes)).toEqual(new Set([408]))
      await expectUnharmed(fixture, ['meanwhile'])
    },
  },
  {
    name: 'thirty heads that take their time hold up nobody, and are accepted when they are there',
    async run(fixture) {
      const ids = idsOf(30, 'slow')
      const slow = ids.map((id) => {
        const connection = fixture.connect()
        connection.write(rawDelivery(id).slice(0, 60))
        return connection
      })
      await sleep(50)
      expect((await fixture.deliver(sampleBody('meanwhile'))).status).toBe(200)
      for (const [at, connection] of slow.entries()) connection.write(rawDelivery(`slow-${at}`).slice(60))
      const outcomes = await Promise.all(slow.map((connection) => connection.outcome(PATIENCE_MS)))
      expect(new Set(outcomes)).toEqual(new Set([200]))
      await expectUnharmed(fixture, [...ids, 'meanwhile'])
    },
  },
  {
    name: 'three hundred forgeries at once do not keep a good delivery out',
    async run(fixture) {
      const forged = idsOf(300, 'forged').map((id) => {
        const connection = fixture.connect()
        connection.write(rawForgery(id))
        return connection.outcome(PATIENCE_MS)
      })
      const genuine = fixture.connect()
      genuine.write(rawDelivery('genuine'))
      expect(await genuine.outcome(PATIENCE_MS)).toBe(200)
      expect(new Set(await Promise.all(forged))).toEqual(new Set([401]))
      await expectUnharmed(fixture, ['genuine'])
    },
  },
  {
    name: 'an inbox that takes too long is a 503 in time, and what lands in it later is handled once',
    options: { budgetMs: 100 },
    async run(fixture) {
      const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
      const record = fixture.inbox.record.bind(fixture.inbox)
      fixture.inbox.record = async (receipt) => {
        await allowed
        return record(receipt)
      }
      const { status, text } = await fixture.deliver(sampleBody('late'))
      expect([status, text]).toEqual([503, expect.stringContaining('budget-exceeded')])
      allow()
      fixture.inbox.record = record
      expect((await fixture.deliver(sampleBody('late'))).status, 'its repetition').toBe(200)
      await expectUnharmed(fixture, ['late'])
    },
  },
  {
    name: 'a thread that is blocked for longer than the budget gives no late 200',
    options: { budgetMs: 200 },
    async run(fixture) {
      const record = fixture.inbox.record.bind(fixture.inbox)
      fixture.inbox.record = async (receipt) => {
        const outcome = await record(receipt)
        const until = performance.now() + 300
        while (performance.now() < until);
        return outcome
      }
      const { status, text } = await fixture.deliver(sampleBody('blocked'))
      expect([status, text]).toEqual([503, expect.stringContaining('budget-exceeded')])
      fixture.inbox.record = record
      expect((await fixture.deliver(sampleBody('blocked'))).status, 'its repetition').toBe(200)
      await expectUnharmed(fixture, ['blocked'])
    },
  },
  {
    name: 'handlers that throw and that never end delay no reply',
    async run(fixture) {
      for (const handle of [
        () => {
          throw undefined
        },
        () => new Promise(() => {}),
      ]) {
        fixture.handle = handle
        const before = fixture.handled.length
        expect((await fixture.deliver(sampleBody(`misbehaved-${before}`))).status).toBe(200)
        await fixture.handledUntil(before + 1)
      }
      fixture.handle = () => {}
      await expectUnharmed(fixture, ['misbehaved-0', 'misbehaved-1'])
    },
  },
]
