import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inventedClock } from './support/invented-clock.ts'
import { listen } from './support/listen.ts'
import { playTo } from './support/play-to.ts'

it('a rate: each when it is due, however long replies take', async () => {
  const server = await listen([200])
  const { slept, ...clock } = inventedClock(5_000)
  const report = await playTo(server, { count: 5, rate: 4, ...clock })
  expect(slept).toEqual([250, 250, 250, 250])
  expect(report.elapsedMs).toBe(1000)
})

it('bursts: so many at the same moment, at the same rate', async () => {
  const server = await listen([200])
  const { slept, ...clock } = inventedClock(5_000)
  const report = await playTo(server, { count: 7, rate: 10, burst: 3, ...clock })
  expect(slept).toEqual([300, 300])
  expect(report).toMatchObject({ drafts: 7, elapsedMs: 600 })
})

it('an end: none begins after it', async () => {
  const server = await listen([200])
  const { slept, ...clock } = inventedClock(5_000)
  const report = await playTo(server, { durationMs: 1000, rate: 5, ...clock })
  expect(slept).toEqual([200, 200, 200, 200])
  expect(report).toMatchObject({ drafts: 5, account: { accepted: 5 } })
})

it('an end without a rate', async () => {
  const server = await listen([200])
  const report = await playTo(server, { durationMs: 50 })
  expect(report.drafts).toBeGreaterThan(0)
  expect(report.elapsedMs).toBeGreaterThanOrEqual(49)
  expect(server.heard).toHaveLength(report.drafts)
})

it('an end that comes while all are kept waiting', async () => {
  const server = await listen([(_, response) => setTimeout(() => response.writeHead(200).end(), 300)])
  const report = await playTo(server, { durationMs: 200, rate: 100, concurrency: 2 })
  expect(report).toMatchObject({ drafts: 2, account: { accepted: 2 } })
})

it.each([{}, { rate: 10_000 }])('concurrency: no more first attempts at the same time, %o', async (pace) => {
  let [underWay, most] = [0, 0]
  const server = await listen([
    (_, response) => {
      most = Math.max(most, ++underWay)
      setTimeout(() => {
        underWay -= 1
        response.writeHead(200).end()
      }, 20)
    },
  ])
  await playTo(server, { count: 40, concurrency: 8, ...pace })
  expect(most).toBe(8)
})

it('all at once', async () => {
  const waiting: (() => void)[] = []
  const server = await listen([
    (_, response) => {
      waiting.push(() => response.writeHead(200).end())
      // Nobody is answered until all have come.
      if (waiting.length === 50) for (const answer of waiting) answer()
    },
  ])
  expect((await playTo(server, { count: 50, concurrency: 50 })).account.accepted).toBe(50)
})

it('what waits to be sent again keeps nothing from being sent', async () => {
  const server = await listen([503, 503, 503, 200])
  const sleep = async () => {
    while (server.heard.length < 3) await delay(5)
  }
  const report = await playTo(server, { count: 3, concurrency: 1 }, 'uip', { sleep })
  expect(report.account).toMatchObject({ accepted: 3, attempts: 6, replies: { 503: 3, 200: 3 } })
})

it('counts latency from when a delivery was due, so that a stall shows in all that it held up', async () => {
  const server = await listen([(_, response) => setTimeout(() => response.writeHead(200).end(), 400), 200])
  const report = await playTo(server, { count: 20, rate: 100, concurrency: 1 })
  expect(report.fromDue.count).toBe(20)
  expect(report.account.latencies.p50Ms).toBeLessThan(report.fromDue.p50Ms)
  expect(report.fromDue.p50Ms).toBeGreaterThan(150)
  expect(report.fromDue.minMs).toBeGreaterThan(0)
})
