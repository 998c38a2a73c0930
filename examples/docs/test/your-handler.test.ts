import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { memoryInbox, type PressEvent } from '@kyc-webhooks/core'
import { pressWebhook } from '@kyc-webhooks/express'
import { play, pressDrafts, pressEvents, pressSimulator } from '@kyc-webhooks/simulator'
import express from 'express'
import { expect, onTestFinished, test, vi } from 'vitest'

const secret = 'whsec_0123456789abcdef0123456789abcdef'
const events = pressEvents()

/** Your application, with a handler to be tested and an inbox that forgets everything. */
async function start(onEvent: (event: PressEvent) => unknown) {
  const inbox = memoryInbox()
  const retry = { attempts: 3, firstDelayMs: 1 }
  const webhook = pressWebhook({ secret, inbox, onEvent, retry, logger: false })
  const server = express().use(webhook).listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await webhook.close()
    await inbox.close()
  })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/webhooks/press`
  return { inbox, press: pressSimulator({ url, secret, timeScale: 0 }) }
}

test('each record of a delivery reaches the handler', async () => {
  const handler = vi.fn(async (_event: PressEvent) => {})
  const { press } = await start(handler)
  await press.deliver(events.envelope({ NEW_ID: 2, VISA_EXTENSION: 1 }))
  await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(3))
  expect(handler.mock.calls[0]?.[0]).toMatchObject({ provider: 'press', subject: expect.any(String) })
})

test('a handler that fails runs again', async () => {
  const handler = vi.fn(async () => {}).mockRejectedValueOnce(new Error('the database is away'))
  const { press, inbox } = await start(handler)
  await press.deliver(events.envelope())
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ done: 1 }))
  expect(handler).toHaveBeenCalledTimes(2)
})

test('what never succeeds becomes a dead letter', async () => {
  const { press, inbox } = await start(() => Promise.reject(new TypeError('a defect')))
  await press.deliver(events.envelope())
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ dead: 1 }))
  expect(await inbox.events({ state: 'dead' })).toMatchObject([{ attempts: 3, error: 'TypeError' }])
})

test('a forgery is refused, and nobody hears of it', async () => {
  const handler = vi.fn()
  const { press, inbox } = await start(handler)
  const report = await press.deliver(events.envelope(), { flaw: 'bad-signature' })
  expect(report).toMatchObject({ outcome: 'refused', attempts: [{ status: 401 }] })
  expect(await inbox.events()).toEqual([])
})

test('a reply that is lost on its way makes no second event', async () => {
  const handler = vi.fn(async () => {})
  const { press, inbox } = await start(handler)
  const report = await press.deliver(events.envelope(), { mishap: 'lost-reply' })
  expect(report.attempts).toMatchObject([{ error: 'lost-reply' }, { status: 200 }])
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ done: 1 }))
  expect(handler).toHaveBeenCalledTimes(1)
})

test('of five hundred deliveries, some with troubles, each event is handled once', async () => {
  const handled: string[] = []
  const { press, inbox } = await start((event) => handled.push(event.id))
  const troubles = { 'bad-signature': 0.05, 'slow-body': 0.01, 'duplicate-at-once': 0.1, 'out-of-order': 0.1 }
  const report = await play(press, pressDrafts({ seed: 7 }), { count: 500, troubles })
  expect(report).toMatchObject({ account: { gaveUp: 0 }, troubles: { 'bad-signature': { accepted: 0 } } })
  await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ waiting: 0, running: 0 }))
  expect(handled.length).toBeGreaterThanOrEqual(450)
  expect(new Set(handled).size).toBe(handled.length)
})
