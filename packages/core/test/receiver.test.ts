import { describe, expect, it } from 'vitest'
import { KycWebhookError, Rejection } from '../src/errors.ts'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import { memoryInbox } from '../src/memory-inbox.ts'
import type { Provider } from '../src/provider.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { createReceiver } from '../src/receiver.ts'
import { configurationError } from './support/configuration-error.ts'
import { gatedEngine } from './support/gated-engine.ts'
import { codeOf, receiving, requestOf } from './support/receiving.ts'
import {
  type Delivery,
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  withHeaders,
} from './support/signed.ts'
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
    expect(told).toEqual({ maxBytes: 10, timeoutMs: 20 })
  })
})

describe('whatever happens is a reply', () => {
  const failures: [string, () => never][] = [
    ['undefined', () => thrown(undefined)],
    ['null', () => thrown(null)],
    ['text', () => thrown('text')],
    ['an error', () => thrown(new Error('the body was John Doe'))],
  ]

  it.each(failures)('%s thrown while the body is read', async (_, fail) => {
    const { receive, log } = receiving(uip())
    const reply = await receive(signedUip(uipIdentify), { readBody: async () => fail() })
    expect([reply.status, codeOf(reply)]).toEqual([500, 'receiver-failed'])
    expect(JSON.stringify([reply, log.lines])).not.toContain('John')
  })

  it.each(failures)('%s thrown by a provider definition', async (_, fail) => {
    const { receive, log, inbox } = receiving({ ...uip(), normalise: fail })
    const reply = await receive(signedUip(uipIdentify))
    expect([reply.status, codeOf(reply)]).toEqual([500, 'receiver-failed'])
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', stack: expect.any(Array) }))
    expect(JSON.stringify([reply, log.lines])).not.toContain('John')
    expect(await inbox.stats()).toMatchObject({ waiting: 0, done: 0, quarantined: 0 })
  })

  it('a hook that throws', async () => {
    const { receive, log } = receiving(uip(), { onRejected: () => thrown(new Error('John')) })
    expect(codeOf(await receive(signedUip(uipIdentify, { secret: 'not the secret of UIP' })))).toBe(
      'signature-mismatch',
    )
    expect(log.lines).toContainEqual({
      level: 'error',
      message: 'onRejected threw',
      receiver: 'uip',
      error: 'Error',
    })
  })

  it('a logger that throws: the delivery is recorded and answered all the same', async () => {
    const logger = { info: () => thrown('no'), warn: () => thrown('no'), error: () => thrown('no') }
    const { receive, handled } = receiving(uip(), { logger })
    expect((await receive(signedUip(uipIdentify))).status).toBe(200)
    expect(codeOf(await receive(signedUip(uipIdentify, { secret: 'not the secret of UIP' })))).toBe(
      'signature-mismatch',
    )
    expect(await handled()).toHaveLength(1)
  })
})

describe('onRejected', () => {
  it('hears of a refusal, with no content of the delivery', async () => {
    const { receive, rejected } = receiving(press())
    await receive(signedPress(pressEnvelope, { secret: 'not the secret of PRESS' }))
    expect(rejected).toEqual([
      {
        receiver: 'press',
        provider: 'press',
        code: 'signature-mismatch',
        status: 401,
        deliveryId: undefined,
        quarantined: false,
        remoteAddress: '192.0.2.1',
      },
    ])
  })

  it('hears of a quarantined delivery and its id, fit for a log line', async () => {
    const { receive, rejected, clock } = receiving(press())
    clock.now += 600_000
    await receive(signedPress({ ...pressEnvelope, id: 'a\r\nb' }))
    expect(rejected).toMatchObject([
      { code: 'timestamp-stale', status: 401, quarantined: true, deliveryId: 'a\\u000d\\u000ab' },
    ])
  })

  it('hears of a conflict, which is answered 200', async () => {
    const { receive, rejected } = receiving(press())
    await receive(signedPress(pressEnvelope))
    const reply = await receive(signedPress({ ...pressEnvelope, time: 'other' }))
    expect(reply.status).toBe(200)
    expect(rejected).toMatchObject([{ code: 'delivery-conflict', status: 200, quarantined: true }])
  })

  it('hears that a stale delivery with a known id and another body is kept as evidence', async () => {
    const { receive, rejected, inbox, clock } = receiving(press())
    await receive(signedPress(pressEnvelope))
    clock.now += 600_000
    expect((await receive(signedPress({ ...pressEnvelope, time: 'other' }))).status).toBe(401)
    expect(await inbox.quarantined()).toHaveLength(1)
    expect(rejected).toMatchObject([{ code: 'timestamp-stale', quarantined: true }])
  })

  it('hears nothing of what is accepted', async () => {
    const { receive, rejected } = receiving(press())
    await receive(signedPress(pressEnvelope))
    await receive(signedPress(pressEnvelope))
    expect(rejected).toEqual([])
  })
})

describe('at the start', () => {
  const inbox = memoryInbox()
  const create = (options: object) =>
    createReceiver(press(), { secret: SECRETS.press, logger: false, onEvent: () => {}, inbox, ...options })

  it.each([
    ['no secret', { secret: undefined }, 'secret-missing'],
    ['an empty secret', { secret: '' }, 'secret-missing'],
    ['a secret of white space', { secret: '   ' }, 'secret-malformed'],
    ['a secret that is only its prefix', { secret: 'whsec_' }, 'secret-malformed'],
    ['a short secret', { secret: 'whsec_short' }, 'secret-too-short'],
    ['no handler', { onEvent: undefined }, 'handler-missing'],
    ['an empty table of handlers', { onEvent: undefined, on: {} }, 'handler-missing'],
    ['a table of nothing', { onEvent: undefined, on: { x: undefined } }, 'handler-missing'],
    ['a handler that is no function', { onEvent: 'log' }, 'option-invalid'],
    ['a named handler that is no function', { on: { x: {} } }, 'option-invalid'],
    ['a tolerance of nothing', { toleranceMs: 0 }, 'option-invalid'],
  ])('%s is an error, and nothing is left behind', (_, options, code) => {
    expect(configurationError(() => create(options)).code).toBe(code)
  })

  it('two receivers of one name on one inbox are an error', async () => {
    const first = create({})
    expect(configurationError(() => create({})).code).toBe('receiver-name-taken')
    const sandbox = create({ name: 'press-sandbox' })
    await Promise.all([first.close(), sandbox.close()])
    await create({}).close()
  })

  it('says where it answers', async () => {
    const [bare, placed] = [create({}), create({ name: 'sandbox', path: '/hooks/' })]
    expect(bare).toMatchObject({ name: 'press', path: '/webhooks/press', pathGiven: false })
    expect(placed).toMatchObject({ name: 'sandbox', path: '/hooks', pathGiven: true })
    await Promise.all([bare.close(), placed.close()])
  })

  it('warns of an inbox that is not durable', () => {
    const { log } = receiving(press())
    expect(log.lines).toMatchObject([{ level: 'warn', inbox: 'memory', message: /NOT DURABLE/ }])
  })

  it('is ready when the inbox is open and the secrets are there', async () => {
    const secret = Promise.withResolvers<string>()
    const { receiver } = receiving(press(), { secret: () => secret.promise })
    let ready = false
    const waiting = receiver.ready.then(() => {
      ready = true
    })
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    expect(ready).toBe(false)
    secret.resolve(SECRETS.press)
    await waiting
  })

  it('is not ready with an inbox that does not open: 503, until it does', async () => {
    let down = true
    const engine = memoryEngine()
    const open = async () => {
      if (down) throw new KycWebhookError('inbox-unusable', 'read-only')
    }
    const { receiver, receive, log } = receiving(press(), { inbox: createInbox({ ...engine, open }) })
    await expect(receiver.ready).rejects.toMatchObject({ code: 'inbox-unusable' })
    expect(log.where({ code: 'inbox-unusable' })).toHaveLength(1)
    const reply = await receive(signedPress(pressEnvelope))
    expect([reply.status, codeOf(reply)]).toEqual([503, 'inbox-unavailable'])
    down = false
    await expect
      .poll(async () => (await receive(signedPress(pressEnvelope))).status, { timeout: 5_000, interval: 100 })
      .toBe(200)
  })
})

describe('close', () => {
  it('refuses what comes then, with a fault, so that it is sent again', async () => {
    const { receiver, receive } = receiving(press())
    await receiver.close()
    const reply = await receive(signedPress(pressEnvelope), { readBody: () => expect.unreachable() })
    expect([reply.status, codeOf(reply)]).toEqual([503, 'receiver-closed'])
    expect(reply.headers).toHaveProperty('retry-after')
  })

  it('waits for the deliveries in hand, and may be called again', async () => {
    const engine = gatedEngine()
    const { receiver, receive } = receiving(press(), { inbox: createInbox(engine) })
    const reply = receive(signedPress(pressEnvelope))
    let closed = false
    const closing = Promise.all([receiver.close(), receiver.close()]).then(() => {
      closed = true
    })
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    expect(closed).toBe(false)
    engine.letThrough()
    expect((await reply).status).toBe(200)
    await closing
  })
})

function thrown(value: unknown): never {
  throw value
}
