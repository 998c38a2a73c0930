import { describe, expect, it } from 'vitest'
import { Rejection } from '../src/errors.ts'
import type { HandlerContext } from '../src/event.ts'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import type { Provider } from '../src/provider.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { gatedEngine } from './support/gated-engine.ts'
import { codeOf, receiving, requestOf } from './support/receiving.ts'
import { type Delivery, signedAdvanceAi, signedPress, signedUip, withHeaders } from './support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from './vectors/documented.ts'

describe('an authentic delivery', () => {
  it.each<[string, Provider, Delivery, string, string]>([
    [
      'PRESS',
      press(),
      signedPress(pressEnvelope),
      '{"status":"accepted"}',
      'ae.uaekyc.icp.immigration_entry.v1',
    ],
    ['UIP', uip(), signedUip(uipIdentify), 'OK', 'identify'],
    ['ADVANCE.AI', advanceAi(), signedAdvanceAi(aaiCompleted), '{"status":"accepted"}', 'COMPLETED'],
  ])('of %s is answered 200 and handled', async (_, provider, delivery, body, type) => {
    const { receive, handled, log } = receiving(provider)
    expect(await receive(delivery)).toMatchObject({ status: 200, body })
    expect(await handled()).toMatchObject([{ type }])
    expect(log.where({ outcome: 'recorded', events: 1 })).toHaveLength(1)
  })

  it('is answered only when its record is durable', async () => {
    const engine = gatedEngine()
    const { receive, handled } = receiving(press(), { inbox: createInbox(engine) })
    let answered = false
    const reply = receive(signedPress(pressEnvelope)).finally(() => {
      answered = true
    })
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    expect(answered).toBe(false)
    engine.letThrough()
    expect((await reply).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('keeps its exact bytes', async () => {
    const commits: Uint8Array[] = []
    const engine = memoryEngine()
    const inbox = createInbox({
      ...engine,
      commit(receipts, settlements) {
        commits.push(...receipts.map((receipt) => new Uint8Array(receipt.body)))
        return engine.commit(receipts, settlements)
      },
    })
    const { receive } = receiving(uip(), { inbox })
    const body = Buffer.from('{\r\n\t"event" : "te\\u0073t", "data": {"n":1.0, "n":1e2}}\n')
    await receive(signedUip(body))
    expect(commits).toEqual([new Uint8Array(body)])
  })
})

describe('the handler', () => {
  const contexts: HandlerContext[] = []
  const keeping = { onEvent: (_: unknown, context: HandlerContext) => void contexts.push(context) }
  const told = async (provider: Provider, delivery: Delivery) => {
    contexts.length = 0
    const { receive, handled } = receiving(provider, keeping)
    await receive(delivery)
    await handled()
    return contexts
  }

  it('gets an event for each record of a delivery', async () => {
    const records = [{ uaekyc_id: 1 }, { uaekyc_id: 2 }]
    const data = ['a.v1', 'b.v1'].map((type) => ({ type, records }))
    const { receive, handled, log } = receiving(press())
    await receive(signedPress({ ...pressEnvelope, data }))
    expect((await handled()).map(({ type, subject }) => [type, subject])).toEqual([
      ['a.v1', '1'],
      ['a.v1', '2'],
      ['b.v1', '1'],
      ['b.v1', '2'],
    ])
    expect(log.where({ outcome: 'recorded', events: 4 })).toHaveLength(1)
  })

  it('is told of the delivery, with the webhook id of the signed body', async () => {
    expect(await told(advanceAi(), signedAdvanceAi(aaiCompleted))).toEqual([
      {
        signal: expect.any(AbortSignal),
        attempt: 1,
        delivery: {
          id: aaiCompleted.eventId,
          receivedAt: '2026-03-30T12:45:00.000Z',
          subscriptionId: 'wh_xxx',
          ...{ verifiedBy: expect.stringMatching(/^key-[0-9a-f]{8}$/), ageMs: 0, verdict: 'accepted' },
        },
        unsigned: [],
      },
    ])
  })

  it('is told what stands outside the signature', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': '/icp', 'ce-type': 'a.v1' }
    const binary = signedPress({ uaekyc_id: 1, event_id: 'evt-1' }, { headers })
    expect(await told(press(), binary)).toMatchObject([
      { unsigned: ['source', 'type'], delivery: { id: 'evt-1' } },
    ])
  })
})

describe('before the body is read', () => {
  const delivery = signedPress(pressEnvelope)
  const unread = { readBody: () => expect.unreachable() }

  it.each([
    ['the method', delivery, { ...unread, method: 'GET' }, {}, 'method-not-allowed'],
    ['the address', delivery, { ...unread, remoteAddress: '203.0.113.9' }, {}, 'address-not-allowed'],
    ['no TLS', delivery, unread, { requireTls: true }, 'transport-not-secure'],
    [
      'its encoding',
      withHeaders(delivery, { 'Content-Encoding': 'gzip' }),
      unread,
      {},
      'encoding-not-supported',
    ],
    [
      'no signature',
      withHeaders(delivery, { 'X-Webhook-Signature': undefined }),
      unread,
      {},
      'signature-missing',
    ],
    ['no time', withHeaders(delivery, { 'X-Webhook-Timestamp': undefined }), unread, {}, 'timestamp-missing'],
  ] as const)('a delivery is refused for %s', async (_, sent, over, options, code) => {
    const { receive } = receiving(press(), { allowedAddresses: ['192.0.2.1'], ...options })
    const reply = await receive(sent, over)
    expect(codeOf(reply)).toBe(code)
    expect(reply.headers.connection).toBe('close')
  })

  it('the connection stays open when the body was read', async () => {
    const { receive } = receiving(press())
    const reply = await receive({ ...delivery, body: Buffer.from('{}') })
    expect(codeOf(reply)).toBe('signature-mismatch')
    expect(reply.headers).not.toHaveProperty('connection')
  })

  it('the connection stays open when there is no body to read', async () => {
    const { receiver } = receiving(press())
    const request = { ...requestOf(delivery), rawHeaders: ['Content-Length', '0'] }
    expect((await receiver.receive(request)).headers).not.toHaveProperty('connection')
  })

  it('the reader is told the limits', async () => {
    const { receive } = receiving(press(), { maxBodyBytes: 10, readTimeoutMs: 20 })
    let told: unknown
    const readBody = async (limits: unknown) => {
      told = limits
      throw new Rejection('body-too-slow')
    }
    expect(codeOf(await receive(delivery, { readBody }))).toBe('body-too-slow')
    expect(told).toMatchObject({ maxBytes: 10, timeoutMs: 20 })
  })
})

describe('a batch', () => {
  const element = (id: number) => ({
    specversion: '1.0',
    source: 'icp',
    type: 't',
    id: String(id),
    data: { uaekyc_id: id },
  })
  const batch = (count: number) => signedPress(Array.from({ length: count }, (_, id) => element(id)))

  it('of many is recorded at once, and stays as small as it came', async () => {
    const { receive, inbox, handled } = receiving(press())
    expect((await receive(batch(1_000))).status).toBe(200)
    expect(await handled()).toHaveLength(1_000)
    expect(await inbox.quarantined()).toEqual([])
  })

  it('of too many is kept in quarantine, not turned away each time it comes', async () => {
    const { receive, inbox } = receiving(press())
    expect((await receive(batch(1_001))).status).toBe(400)
    expect(await inbox.quarantined()).toMatchObject([{ reason: 'body-unusable' }])
  })
})
