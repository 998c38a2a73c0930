import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PressEvent } from '@kyc-webhooks/core'
import { pressWebhook } from '@kyc-webhooks/express'
import { pressEvents, pressSimulator } from '@kyc-webhooks/simulator'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import express from 'express'
import { afterAll, afterEach, expect, test, vi } from 'vitest'

// The sandbox checklist of PRESS, point by point, against this application. Put your own in its place.
const secret = 'whsec_0123456789abcdef0123456789abcdef'
const directory = mkdtempSync(join(tmpdir(), 'press-'))
const inbox = sqliteInbox({ file: join(directory, 'inbox.db') })
const handler = vi.fn(async (_event: PressEvent) => {})
const webhook = pressWebhook({ secret, inbox, onEvent: handler, logger: false })
const server = express().use(webhook).listen(0)
await once(server, 'listening')
await webhook.ready

const { port } = server.address() as AddressInfo
const press = pressSimulator({ url: `http://127.0.0.1:${port}/webhooks/press`, secret })
const events = pressEvents()

afterEach(async () => {
  await vi.waitUntil(async () => (await inbox.stats()).oldestUnhandledAt === undefined)
  handler.mockClear()
})

afterAll(async () => {
  server.close()
  await webhook.close()
  await inbox.close()
  rmSync(directory, { recursive: true })
})

test('all event types are read', async () => {
  for (const draft of events.each()) expect(await press.deliver(draft)).toMatchObject({ outcome: 'accepted' })
  await vi.waitUntil(() => handler.mock.calls.length === 6)
})

test.each(['bad-signature', 'stale-timestamp'] as const)('%s is answered 401', async (flaw) => {
  const { attempts } = await press.deliver(events.envelope(), { flaw })
  expect(attempts.map(({ status }) => status)).toEqual([401])
})

test('the same id twice is answered 200 twice and handled once', async () => {
  const draft = events.envelope()
  for (const _ of [1, 2]) expect(await press.deliver(draft)).toMatchObject({ outcome: 'accepted' })
  await vi.waitUntil(async () => (await inbox.stats()).oldestUnhandledAt === undefined)
  expect(handler).toHaveBeenCalledOnce()
})

// Tried again when something else on the machine got in the way.
test('fifty deliveries at once are answered within the 500 ms that PRESS waits', { retry: 3 }, async () => {
  const drafts = Array.from({ length: 50 }, () => events.envelope())
  const reports = await Promise.all(drafts.map((draft) => press.deliver(draft)))
  for (const { attempts } of reports) expect(attempts).toMatchObject([{ status: 200 }])
})

test('unknown fields fail nothing, and reach the handler', async () => {
  await press.deliver(events.envelope({ NEW_ID: 1 }, { field_of_the_future: { deep: [1] } }))
  await vi.waitUntil(() => handler.mock.calls.length === 1)
  expect(handler.mock.calls[0]?.[0].data.field_of_the_future).toEqual({ deep: [1] })
})

test('the event is recorded, and answered 200, before the handler has run', async () => {
  const work = Promise.withResolvers<void>()
  handler.mockImplementationOnce(() => work.promise)
  expect(await press.deliver(events.envelope())).toMatchObject({ outcome: 'accepted' })
  await vi.waitUntil(async () => (await inbox.stats()).running === 1)
  work.resolve()
})
