import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  advanceAi,
  createReceiver,
  type KycEvent,
  type Logger,
  memoryInbox,
  nodeRequest,
  type Provider,
  press,
  STEPS,
  sendReply,
  uip,
} from '@kyc-webhooks/core'
import {
  advanceAiDrafts,
  advanceAiSimulator,
  type Draft,
  pressDrafts,
  pressSimulator,
  type Simulator,
  uipDrafts,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import { afterEach, expect, test } from 'vitest'

/** A value that is shorter says nothing, and is found everywhere. */
const LEAST = 5
const SECRET = 'whsec_0123456789abcdef0123456789abcdef'
const BASE64 = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')

const ways: [
  string,
  Provider,
  string,
  (options: { url: string; secret: string }) => Simulator,
  () => readonly Draft[],
][] = [
  ['PRESS', press() as Provider, SECRET, pressSimulator, () => pressDrafts({ seed: 7 }).each()],
  ['UIP', uip() as Provider, SECRET, uipSimulator, () => uipDrafts({ seed: 7 }).each()],
  [
    'ADVANCE.AI',
    advanceAi() as Provider,
    BASE64,
    advanceAiSimulator,
    () => advanceAiDrafts({ seed: 7 }).each(),
  ],
]

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Every text and number in a body, names of fields aside. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : []
}

/** Collects all that a receiver says of its deliveries to anybody but its handler. */
function listening() {
  const heard: string[] = []
  const say = (...args: unknown[]) => void heard.push(JSON.stringify(args))
  const logger: Logger = { info: say, warn: say, error: say }
  for (const name of [
    ...STEPS.map((step) => `kyc-webhooks:${step}`),
    'kyc-webhooks:key',
    'kyc-webhooks:skew',
  ]) {
    const onMessage = (message: unknown) => say(name, message)
    subscribe(name, onMessage)
    cleanUps.push(() => unsubscribe(name, onMessage))
  }
  return { heard, say, logger }
}

test.each(ways)(
  'no value of any body of %s is in a log line, a measurement, a hook or a reply',
  async (_, provider, secret, simulatorOf, drafts) => {
    const { heard, say, logger } = listening()
    const events: KycEvent[] = []
    const inbox = memoryInbox()
    const receiver = createReceiver(provider, {
      ...{ secret, inbox, logger, onRejected: say, retry: { attempts: 1 } },
      onEvent: (event: KycEvent) => {
        events.push(event)
        // Whoever writes a handler quotes what is in hand.
        throw Object.assign(new Error(JSON.stringify(event)), { code: 'NO_ROOM' })
      },
      // The event itself is in `json`, and named so.
      onDeadLetter: ({ json: __, ...letter }) => say(letter),
    })
    const server = createServer((request, response) => {
      receiver.receive(nodeRequest(request, { remedy: '' })).then((reply) => {
        say(reply.status, reply.body)
        sendReply(response, reply)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanUps.push(async () => {
      server.close()
      server.closeAllConnections()
      await receiver.close()
      await inbox.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const simulator = simulatorOf({ url, secret })
    const all = drafts()
    for (const draft of all) {
      await simulator.send(simulator.prepare(draft))
      // Authentic, and not to be used: cut off, and stale.
      await simulator.send(simulator.prepare({ ...draft, body: draft.body.subarray(0, -3) }))
      for (const flaw of ['conflict', 'malformed-body'] as const) {
        await simulator.send(simulator.prepare(draft, { flaw }))
      }
    }
    await expect.poll(() => inbox.stats(), { timeout: 20_000 }).toMatchObject({ waiting: 0, running: 0 })
    expect((await inbox.stats()).dead).toBe(events.length)

    // What names an event and its delivery may be told, and is: ids and types.
    const rows = await inbox.events({ limit: 10_000 })
    const quarantined = await inbox.quarantined({ limit: 10_000 })
    const names = new Set([
      ...rows.flatMap(({ context, type }) => [context.id, type]),
      ...quarantined.map(({ context }) => context.id),
      ...events.map(({ id }) => id),
    ])
    const values = new Set(all.flatMap(({ body }) => valuesOf(JSON.parse(body.toString()))))
    const personal = [...values].filter((value) => value.length >= LEAST && !names.has(value))
    expect(personal.length).toBeGreaterThan(20)
    const longestFirst = [...names].toSorted((a = '', b = '') => b.length - a.length)
    const said = heard.map((line) =>
      longestFirst.reduce<string>((text, name) => text.replaceAll(name ?? '\0', ''), line),
    )
    expect(heard.length).toBeGreaterThan(all.length * 5)
    const leaked = personal.filter((value) => said.some((line) => line.includes(value)))
    expect(leaked).toEqual([])
  },
)

test('the one-time codes and links of questionnaires are among what was looked for', () => {
  const values = advanceAiDrafts({ seed: 7 })
    .each()
    .map(({ body }) => body.toString())
  expect(values.filter((body) => body.includes('"otpCode"')).length).toBeGreaterThan(0)
  expect(values.filter((body) => /https?:\/\//.test(body)).length).toBeGreaterThan(0)
})
