import { describe, expect, it } from 'vitest'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { codeOf, receiving } from './support/receiving.ts'
import { signedPress, signedUip } from './support/signed.ts'
import { pressEnvelope, uipIdentify } from './vectors/documented.ts'

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

  it.each([
    ['throws', () => thrown(new Error('John'))],
    ['rejects', async () => thrown(new Error('John'))],
  ])('a hook that %s', async (_, onRejected) => {
    const { receive, log } = receiving(uip(), { onRejected })
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

function thrown(value: unknown): never {
  throw value
}
