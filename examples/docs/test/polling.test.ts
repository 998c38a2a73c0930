import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  type AdvanceAiEvent,
  advanceAi,
  identifiedBy,
  memoryInbox,
  type PolledResult,
  type Provider,
  reconcile,
  type UipEvent,
  uip,
} from '@kyc-webhooks/core'
import { webhook } from '@kyc-webhooks/express'
import {
  advanceAiEvents,
  advanceAiSimulator,
  type Draft,
  type Simulator,
  uipEvents,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import express from 'express'
import { expect, onTestFinished, test, vi } from 'vitest'

// What docs/guides/polling.md says, with Express, the simulated providers, and servers in the place of their APIs.

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An API of a provider: JSON by path. */
function api(answer: (path: string, body: string) => unknown): Promise<string> {
  const server = createServer(async (req, res) => {
    const body = await text(req)
    res.setHeader('content-type', 'application/json').end(JSON.stringify(answer(req.url ?? '', body)))
  })
  return listening(server)
}

/** An application with a webhook, and what polls beside it. */
async function start<E extends AdvanceAiEvent | UipEvent>(provider: Provider<E>, secret: string) {
  const inbox = memoryInbox()
  const handled: string[] = []
  const rejected: string[] = []
  const hook = webhook(provider, {
    secret,
    inbox,
    onEvent: (event, { delivery }) =>
      void handled.push(`${event.type} ${event.subject} ${delivery.polled ? 'polled' : 'pushed'}`),
    onRejected: ({ code }) => void rejected.push(code),
    logger: false,
  })
  const base = await listening(createServer(express().use(hook)))
  onTestFinished(async () => {
    await hook.close()
    await inbox.close()
  })
  let task = 0
  /** Polls once, now. */
  const poll = async (fetch: () => AsyncIterable<PolledResult[]>) => {
    const polled = Promise.withResolvers<void>()
    const info = (_: object, message: string) => void (message === 'polled' && polled.resolve())
    const logger = { info, warn() {}, error() {} }
    const reconciler = reconcile(inbox, provider, { task: `poll-${++task}`, fetch, logger })
    await polled.promise
    await reconciler.close()
  }
  const settled = () =>
    vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ waiting: 0, running: 0 }))
  return { url: `${base}${hook.receiver.path}`, poll, settled, handled, rejected, inbox }
}

/** All of them at once, each accepted. */
const deliverAll = (simulator: Simulator, drafts: readonly Draft[]) =>
  Promise.all(drafts.map(async (draft) => expect((await simulator.deliver(draft)).outcome).toBe('accepted')))

test('ADVANCE.AI: each verification is handled once, whether it is pushed, polled, or both', async () => {
  const secret = Buffer.alloc(32, 7).toString('base64')
  const provider = identifiedBy(advanceAi(), ({ type, data }) =>
    type === 'COMPLETED' ? `COMPLETED:${data.signatureId}` : undefined,
  )
  const { url, poll, settled, handled, rejected, inbox } = await start(provider, secret)
  const results = await api((_, body) => ({
    code: 'SUCCESS',
    data: { signatureId: JSON.parse(body).signatureId, overallResult: 'PASS' },
  }))
  const fetchResults = async function* (ids: readonly string[]) {
    for (const signatureId of ids) {
      const reply = await fetch(results, { method: 'POST', body: JSON.stringify({ signatureId }) })
      const { data } = (await reply.json()) as { data: { overallResult: string } }
      expect(data.overallResult).toBe('PASS')
      yield [{ body: { eventId: `polled:${signatureId}`, eventType: 'COMPLETED', data: { signatureId } } }]
    }
  }
  const simulator = advanceAiSimulator({ url, secret, timeScale: 0 })
  const events = advanceAiEvents()
  const ids = Array.from({ length: 30 }, (_, n) => String(7_000 + n))
  const [before, during, after] = [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)]
  const drafts = (some: readonly string[]) =>
    some.map((signatureId) => events.of('COMPLETED', { signatureId }))

  await deliverAll(simulator, drafts(before))
  await Promise.all([poll(() => fetchResults(ids)), deliverAll(simulator, drafts(during))])
  await deliverAll(simulator, drafts(after))
  await poll(() => fetchResults(ids))
  await settled()

  expect(handled.map((line) => line.split(' ')[1]).sort()).toEqual(ids)
  expect(handled.filter((line) => line.endsWith('polled')).length).toBeGreaterThanOrEqual(after.length)
  expect(rejected).toEqual([])
  expect(await inbox.quarantined()).toEqual([])
})

test('UIP: what the session tells is what its deliveries told', async () => {
  const secret = 'uip_whsec_4f9d2c7a1b6e8053'
  const { url, poll, settled, handled, rejected } = await start(uip({ scheme: 'timestamped' }), secret)
  const drafts = uipEvents().session()
  const [first, second] = drafts.map(({ body }) => JSON.parse(body.toString()))
  const id: string = first.data.session_id
  const sessions = await api((path) => ({
    id: path.slice(1),
    results: [first, second].map(({ data }) => ({ step: data.stage, primitive: data.primitive })),
  }))
  const fetchSession = async function* () {
    const reply = await fetch(`${sessions}/${id}`)
    const { results } = (await reply.json()) as { results: { step: number }[] }
    yield results.map(({ step, ...result }) => ({
      body: { event: 'step.completed', data: { ...result, session_id: id, stage: step } },
    }))
  }
  const simulator = uipSimulator({ url, secret, scheme: 'timestamped', timeScale: 0 })
  await deliverAll(simulator, drafts.slice(0, 1))
  await poll(fetchSession)
  await deliverAll(simulator, drafts)
  await settled()
  expect(handled).toHaveLength(3)
  expect(handled.filter((line) => line.endsWith('polled'))).toEqual([`step.completed ${id} polled`])
  expect(rejected).toEqual([])
})
