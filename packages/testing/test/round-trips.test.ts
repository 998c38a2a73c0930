import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  advanceAi,
  createReceiver,
  type KycEvent,
  memoryInbox,
  nodeRequest,
  type Provider,
  parseCloudEvents,
  press,
  sendReply,
  uip,
} from '@kyc-webhooks/core'
import {
  advanceAiDrafts,
  advanceAiSimulator,
  type Draft,
  type DraftSource,
  pressDrafts,
  pressSimulator,
  type Simulator,
  uipDrafts,
  uipSimulator,
} from '@kyc-webhooks/simulator'
import { describe, expect, onTestFinished, test } from 'vitest'

/** What a delivery says that happened: read from its bytes by these few lines, and by nothing of the receiver's. */
interface Told {
  type: string
  data: Record<string, unknown>
}

type Fields = Record<string, unknown>

const exactly = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value
const read = ({ body }: Draft): unknown =>
  JSON.parse(body.toString(), exactly as (key: string, value: unknown) => unknown)

function toldByPress(draft: Draft): Told[] {
  const header = Object.entries(draft.headers).find(([name]) => name.toLowerCase() === 'ce-type')
  const body = read(draft) as Fields | Fields[]
  if (header !== undefined) return [{ type: header[1], data: body as Fields }]
  if (Array.isArray(body)) return body.map((one) => one as unknown as Told)
  if (!Array.isArray(body.data)) return [body as unknown as Told]
  return (body.data as { type: string; records: Fields[] }[]).flatMap(({ type, records }) =>
    records.map((data) => ({ type, data })),
  )
}

function toldByUip(draft: Draft): Told[] {
  const { event, data, ...flat } = read(draft) as Fields
  return [{ type: String(event), data: (data ?? flat) as Fields }]
}

function toldByAdvanceAi(draft: Draft): Told[] {
  const { eventType, data } = read(draft) as Fields
  return [{ type: String(eventType), data: data as Fields }]
}

interface Trip {
  name: string
  provider: Provider
  secret: string
  simulator: (options: { url: string; secret: string }) => Simulator
  drafts: (seed: number) => DraftSource
  told: (draft: Draft) => Told[]
}

const text = 'whsec_0123456789abcdef0123456789abcdef'
const trips: readonly Trip[] = [
  {
    ...{ name: 'PRESS', provider: press() as Provider, secret: text, simulator: pressSimulator },
    ...{ drafts: (seed) => pressDrafts({ seed }), told: toldByPress },
  },
  {
    ...{ name: 'UIP', provider: uip() as Provider, secret: text, simulator: uipSimulator },
    ...{ drafts: (seed) => uipDrafts({ seed }), told: toldByUip },
  },
  {
    name: 'UIP, session API',
    provider: uip({ scheme: 'timestamped' }) as Provider,
    secret: text,
    simulator: (options) => uipSimulator({ ...options, scheme: 'timestamped' }),
    ...{ drafts: (seed) => uipDrafts({ seed, scheme: 'timestamped' }), told: toldByUip },
  },
  {
    name: 'ADVANCE.AI',
    provider: advanceAi() as Provider,
    secret: Buffer.from(text).toString('base64'),
    simulator: advanceAiSimulator,
    ...{ drafts: (seed) => advanceAiDrafts({ seed }), told: toldByAdvanceAi },
  },
]

/** The ids that have one type, whatever their size and however they were sent. */
const IDS = ['uaekyc_id', 'event_id', 'signatureId', 'id', 'profileId', 'caseId', 'alertId']

/** As an id is handed over: text. Everything else is what it was. */
function withTextIds(data: Fields): Fields {
  const entries = Object.entries(data)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      IDS.includes(name) && typeof value === 'number' ? `${value}` : value,
    ]),
  )
}

/** A receiver for one provider behind a real server, and what its handler got. */
async function serve({ provider, secret, simulator }: Trip) {
  const handled: KycEvent[] = []
  const inbox = memoryInbox()
  const onEvent = (event: KycEvent) => void handled.push(event)
  const receiver = createReceiver(provider, { secret, inbox, logger: false, onEvent, budgetMs: 5_000 })
  const server = createServer(async (req, res) => {
    sendReply(res, await receiver.receive(nodeRequest(req, { remedy: '' })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await receiver.close()
    await inbox.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { handled, simulator: simulator({ url, secret }) }
}

/** `FUZZ_RUNS=100` for a hundred times as many seeds. */
const seeds = 3 * Number(process.env.FUZZ_RUNS ?? 1)

describe.each(trips)('$name', (trip) => {
  test('everything that is told arrives, with the types that it had', async () => {
    const { handled, simulator } = await serve(trip)
    for (let seed = 1; seed <= seeds; seed++) {
      for (const draft of trip.drafts(seed).each()) {
        handled.length = 0
        expect(await simulator.deliver(draft)).toMatchObject({ outcome: 'accepted' })
        const told = trip.told(draft)
        await expect.poll(() => handled, { interval: 2 }).toHaveLength(told.length)
        for (const { type, data } of told) {
          const expected = { type, data: withTextIds(data), provider: trip.provider.name }
          expect(handled).toContainEqual(
            expect.objectContaining({ ...expected, data: expect.objectContaining(expected.data) }),
          )
        }
        for (const event of handled) expectCloudEvent(event)
      }
    }
  })
})

/** Valid by the strict profile, and the same when it is read again. */
function expectCloudEvent(event: unknown): void {
  const body = Buffer.from(JSON.stringify(event))
  const header = (name: string) => (name === 'content-type' ? 'application/cloudevents+json' : undefined)
  expect(parseCloudEvents({ body, header }).events).toEqual([event])
}
