import { describe, expect, it } from 'vitest'
import { KycWebhookError } from '../src/errors.ts'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import { memoryInbox } from '../src/memory-inbox.ts'
import { press } from '../src/providers/press.ts'
import { createReceiver } from '../src/receiver.ts'
import { configurationError } from './support/configuration-error.ts'
import { gatedEngine } from './support/gated-engine.ts'
import { codeOf, receiving } from './support/receiving.ts'
import { SECRETS, signedPress } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

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
