import { expect, it } from 'vitest'
import type { PlayOptions, Trouble } from '../src/index.ts'
import { type Listener, listen } from './support/listen.ts'
import { playTo } from './support/play-to.ts'

const one = (trouble: Trouble, count = 1): PlayOptions => ({
  count,
  concurrency: 1,
  troubles: { [trouble]: 1 },
})
const bodies = ({ heard }: Listener) => heard.map(({ body }) => body.toString())

it('duplicate-at-once: the same body twice, the second before the first is answered', async () => {
  const waiting: (() => void)[] = []
  const server = await listen([
    (_, response) => {
      waiting.push(() => response.writeHead(200).end())
      if (waiting.length === 2) for (const answer of waiting) answer()
    },
  ])
  const report = await playTo(server, one('duplicate-at-once'), 'advance-ai')
  expect(report).toMatchObject({
    drafts: 1,
    account: { sent: 2, accepted: 2 },
    troubles: { 'duplicate-at-once': { accepted: 1, refused: 0, gaveUp: 0 } },
  })
  expect(new Set(bodies(server)).size).toBe(1)
  expect(new Set(server.heard.map(({ headers }) => headers['aai-nonce'])).size).toBe(2)
})

it('duplicate-later: the same body twice, the second when the first has come to an end', async () => {
  const server = await listen([503, 200, 200])
  const report = await playTo(server, one('duplicate-later'), 'press')
  expect(report.account).toMatchObject({ sent: 2, accepted: 2, attempts: 3 })
  expect(new Set(bodies(server)).size).toBe(1)
  expect(server.heard.map(({ headers }) => headers['x-webhook-delivery-attempt'])).toEqual(['1', '2', '1'])
})

it('out-of-order: later events before earlier ones', async () => {
  const server = await listen([200])
  await playTo(server, { count: 100, concurrency: 1, troubles: { 'out-of-order': 0.2 } }, 'press')
  const times = bodies(server).map((body) => /"event_ts":"([^"]*)"/.exec(body)?.[1] ?? '')
  expect(times).not.toEqual([...times].sort())
  expect(new Set(bodies(server)).size).toBe(100)
})

it('a flaw: sent once, whatever the reply', async () => {
  const server = await listen([401])
  const report = await playTo(server, one('bad-signature', 5))
  expect(report.troubles).toEqual({ 'bad-signature': { accepted: 0, refused: 0, gaveUp: 5 } })
  expect(server.heard).toHaveLength(5)
})

it('a flaw that is let through, which it should not be, shows', async () => {
  const server = await listen([200])
  const report = await playTo(server, one('missing-signature', 2), 'press')
  expect(report.troubles).toEqual({ 'missing-signature': { accepted: 2, refused: 0, gaveUp: 0 } })
})

it('conflict: other bytes under an id that was accepted before', async () => {
  const server = await listen([200])
  const report = await playTo(server, one('conflict'))
  expect(report.account).toMatchObject({ sent: 2, accepted: 2 })
  const [first = '', second] = bodies(server)
  expect(second).toBe(first.replace('{', '{"simulated_conflict":true,'))
})

it('reused-nonce: another event with a nonce that was accepted before', async () => {
  const server = await listen([200])
  await playTo(server, one('reused-nonce', 3), 'advance-ai')
  expect(server.heard).toHaveLength(6)
  expect(new Set(bodies(server)).size).toBe(6)
  expect(new Set(server.heard.map(({ headers }) => headers['aai-nonce'])).size).toBe(3)
})

it('neither of these two, when the first was not accepted', async () => {
  const server = await listen([500])
  const report = await playTo(server, one('reused-nonce'), 'advance-ai')
  expect(server.heard).toHaveLength(4)
  expect(report).toMatchObject({ account: { sent: 1, gaveUp: 1 }, troubles: {} })
})

it('a mishap: the first attempt; the retry is sound', async () => {
  const server = await listen([200])
  const report = await playTo(server, one('lost-reply', 4))
  expect(report.account).toMatchObject({ accepted: 4, attempts: 8, failures: { 'lost-reply': 4 } })
  expect(report.troubles).toEqual({ 'lost-reply': { accepted: 4, refused: 0, gaveUp: 0 } })
  expect(server.heard).toHaveLength(8)
})
