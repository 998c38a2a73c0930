/** Stimuli 30 to 32, 38, 39 and 46: the same again. The numbers are those of the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { uip } from '../../src/providers/uip.ts'
import { receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import { senders } from '../support/senders.ts'
import { NOW, signedUip, signedUipSession } from '../support/signed.ts'
import { uipIdentify, uipSign, uipStep, uipTest } from '../vectors/documented.ts'

const DAY = 86_400_000

describe.each(senders)('$name', ({ provider, content, sign }) => {
  it('30 the same delivery three times: 200 each time, one event', async () => {
    const { receive, handled, log } = receiving(provider)
    for (const attempt of ['1', '2', '3']) {
      const delivery = sign(content, { headers: { 'X-Webhook-Delivery-Attempt': attempt } })
      expect((await receive(delivery)).status).toBe(200)
    }
    expect(await handled()).toHaveLength(1)
    expect(log.lines.flatMap(({ outcome }) => outcome ?? [])).toEqual(['recorded', 'duplicate', 'duplicate'])
  })

  it('31 twenty at once: 200 each, one event', async () => {
    const { receive, handled } = receiving(provider)
    const replies = await Promise.all(Array.from({ length: 20 }, () => receive(sign(content))))
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(await handled()).toHaveLength(1)
  })

  it('32 a forgery first, then the real one', async () => {
    const receiver = receiving(provider)
    await refused(receiver, sign(content, { secret: Buffer.alloc(32, 7).toString('base64') }))
    expect((await receiver.receive(sign(content))).status).toBe(200)
    expect(await receiver.handled()).toHaveLength(1)
  })

  it('46 after a restart it is still known', async () => {
    const inbox = memoryInbox({ now: () => NOW })
    const first = receiving(provider, { inbox })
    await first.receive(sign(content))
    expect(await first.handled()).toHaveLength(1)
    await first.receiver.close()
    const second = receiving(provider, { inbox })
    expect((await second.receive(sign(content))).status).toBe(200)
    expect(await second.handled()).toEqual([])
  })

  it('a captured delivery whose event was handled long ago is still known', async () => {
    const { receive, handled, clock } = receiving(provider, { toleranceMs: 3 * DAY })
    await receive(sign(content))
    clock.now += 3 * DAY - 1_000
    expect((await receive(sign(content))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})

describe('UIP', () => {
  it('38 one audit under identify and under sign: two events', async () => {
    const { receive, handled } = receiving(uip())
    for (const body of [uipIdentify, uipSign, uipIdentify, uipSign]) await receive(signedUip(body))
    expect((await handled()).map(({ type }) => String(type)).sort()).toEqual(['identify', 'sign'])
  })

  it('39 test has no id: 200 and handled, each time', async () => {
    const { receive, handled } = receiving(uip())
    for (let times = 0; times < 3; times++) expect((await receive(signedUip(uipTest))).status).toBe(200)
    expect(await handled()).toHaveLength(3)
  })

  it('39 an event without any id is known by its bytes', async () => {
    const { receive, handled } = receiving(uip())
    for (const n of [1, 1, 2]) await receive(signedUip({ event: 'authorize.completed', data: { n } }))
    expect(await handled()).toHaveLength(2)
  })

  it.each([
    ['X-UIP-Event', 'session.completed'],
    ['X-UIP-Delivery-Id', 'sess_other:step.completed:0'],
  ])('%s decides nothing; one that differs from the signed body is told of', async (header, value) => {
    const { receive, handled, log } = receiving(uip({ scheme: 'timestamped' }))
    await receive(signedUipSession(uipStep, { headers: { [header]: value } }))
    const genuine = { 'X-UIP-Event': 'step.completed', 'X-UIP-Delivery-Id': 'sess_abc123:step.completed:0' }
    await receive(signedUipSession(uipStep, { headers: genuine }))
    expect(await handled()).toMatchObject([{ type: 'step.completed', subject: 'sess_abc123' }])
    expect(log.where({ level: 'warn', header: header.toLowerCase() })).toHaveLength(1)
  })
})
