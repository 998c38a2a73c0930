import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { memoryInbox } from '@kyc-webhooks/core'
import { pressWebhook, uipWebhook } from '@kyc-webhooks/express'
import {
  type Draft,
  pressEvents,
  pressSimulator,
  type Simulator,
  uipEvents,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import express, { type RequestHandler } from 'express'
import { expect, onTestFinished, test } from 'vitest'

const secret = 'whsec_0123456789abcdef0123456789abcdef'
const uip = uipEvents().of('identify')
const press = pressEvents().envelope()

/** What is in the way of a delivery, and what becomes of it: the table of docs/guides/raw-body.md. */
test.each<[string, RequestHandler, Draft, number]>([
  ['nothing', (_req, _res, next) => next(), uip, 200],
  ['express.raw', express.raw({ type: () => true }), uip, 200],
  ['express.json that leaves the bytes', express.json({ verify: leaveBytes }), uip, 200],
  ['express.json', express.json(), uip, 500],
  ['express.json', express.json(), press, 200],
  ['express.text', express.text({ type: () => true }), uip, 500],
])('%s before the webhook: %#', async (_, parser, draft, status) => {
  const { uipSimulator, pressSimulator } = await application(parser)
  const simulator = draft === uip ? uipSimulator : pressSimulator
  const reply = await simulator.send(simulator.prepare(draft))
  expect(reply.status).toBe(status)
  if (status === 500) expect(reply.replyBody).toContain('body-consumed')
})

function leaveBytes(req: object, _res: unknown, bytes: Buffer): void {
  Object.assign(req, { rawBody: bytes })
}

async function application(
  parser: RequestHandler,
): Promise<{ uipSimulator: Simulator; pressSimulator: Simulator }> {
  const inbox = memoryInbox()
  const options = { secret, inbox, onEvent: () => {}, logger: false } as const
  const webhooks = [uipWebhook(options), pressWebhook(options)]
  const server = express()
    .use(parser, ...webhooks)
    .listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    for (const { close } of webhooks) await close()
    await inbox.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    uipSimulator: uipSimulator({ url: `${url}/webhooks/uip`, secret }),
    pressSimulator: pressSimulator({ url: `${url}/webhooks/press`, secret }),
  }
}
