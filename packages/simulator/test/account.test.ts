import { expect, it } from 'vitest'
import { pressEvents, pressSimulator } from '../src/index.ts'
import { listen } from './support/listen.ts'
import { PRESS_SECRET } from './support/secrets.ts'

it('keeps account of every delivery and every attempt', async () => {
  const replies = [200, 401, 503, 200, 503, 503, 503] as const
  const server = await listen(replies)
  const options = { url: server.url, secret: PRESS_SECRET, timeLimitMs: 10_000 }
  const press = pressSimulator({ ...options, retrySchedule: [0, 0] })
  const events = pressEvents()
  const before = press.account
  const outcomes: string[] = []
  for (let count = 0; count < 4; count++) outcomes.push((await press.deliver(events.envelope())).outcome)

  expect(outcomes).toEqual(['accepted', 'refused', 'accepted', 'gave-up'])
  expect(press.account).toEqual({
    sent: 4,
    accepted: 2,
    refused: 1,
    gaveUp: 1,
    aborted: 0,
    attempts: 7,
    replies: { 200: 2, 401: 1, 503: 4 },
    failures: {},
    bodyBytes: 7 * events.envelope().body.length,
    replyBytes: 0,
    latencies: expect.objectContaining({ count: 7 }),
  })
  expect(before).toMatchObject({ sent: 0, attempts: 0, latencies: { count: 0 } })
})

it('counts a single attempt as no delivery, and nothing for an option that cannot be meant', async () => {
  const server = await listen([200])
  const press = pressSimulator({ url: server.url, secret: PRESS_SECRET })
  await press.send(press.prepare(pressEvents().envelope()))
  await expect(press.deliver(pressEvents().envelope(), { flaw: 'missing-nonce' })).rejects.toThrow(TypeError)
  expect(press.account).toMatchObject({ sent: 0, aborted: 0, attempts: 1 })
})
