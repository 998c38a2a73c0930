import { describe, expect, it } from 'vitest'
import { Rejection } from '../src/errors.ts'
import { memoryInbox } from '../src/memory-inbox.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { receiving } from './support/receiving.ts'
import { signedPress, signedUip } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

describe('the log says', () => {
  it('what an unusable body lacks', async () => {
    const { receive, log } = receiving(uip())
    await receive(signedUip({ data: {} }))
    expect(log.where({ code: 'body-unusable' })).toMatchObject([{ detail: '`event` is not a name' }])
  })

  it('the whole of what to do when a body parser ran first', async () => {
    const { receive, log } = receiving(press())
    const detail = `${'a body parser ran before the webhook: '.repeat(5)}move it`
    await receive(signedPress(pressEnvelope), {
      readBody: () => Promise.reject(new Rejection('body-consumed', detail)),
    })
    expect(log.where({ code: 'body-consumed' })).toMatchObject([{ detail }])
  })

  it('who was refused behind a proxy that is trusted, not which proxy it was', async () => {
    const { receive, log, rejected } = receiving(press(), {
      trustedProxies: ['10.0.0.0/8'],
      allowedAddresses: ['203.0.113.0/24'],
    })
    const delivery = signedPress(pressEnvelope, {
      headers: { 'X-Forwarded-For': '203.0.113.9, 198.51.100.1' },
    })
    await receive(delivery, { remoteAddress: '10.0.0.1' })
    expect(log.where({ code: 'address-not-allowed' })).toMatchObject([{ remoteAddress: '198.51.100.1' }])
    expect(rejected).toMatchObject([{ remoteAddress: '198.51.100.1' }])
  })

  it('where a receiver answers, once it does', async () => {
    const { receiver, log } = receiving(press(), { name: 'sandbox' })
    expect(log.where({ path: '/webhooks/sandbox' })).toEqual([])
    await receiver.ready
    expect(log.where({ path: '/webhooks/sandbox' })).toMatchObject([{ level: 'info', inbox: 'memory' }])
  })

  it('whose handler failed: the event, and the delivery as its own line has it', async () => {
    const { receive, log, handled } = receiving(press(), {
      onEvent: () => Promise.reject(new TypeError('secret detail')),
      retry: { attempts: 1 },
    })
    await receive(signedPress(pressEnvelope))
    await handled()
    const [recorded] = log.where({ outcome: 'recorded' })
    expect(log.where({ error: 'TypeError' })).toMatchObject([
      { deliveryId: (recorded as { deliveryId?: string }).deliveryId, eventId: 'evt-imm-entry-999', seq: 1 },
    ])
  })
})

describe('a reply', () => {
  it('goes out before the handler runs, also on an inbox without a thread', async () => {
    const order: string[] = []
    const inbox = memoryInbox()
    const { receive, handled } = receiving(press(), { inbox, onEvent: () => void order.push('handled') })
    // As an adapter does it: what follows the reply is written in the same turn of the event loop.
    await receive(signedPress(pressEnvelope))
      .then(() => Promise.resolve())
      .then(() => order.push('replied'))
    await handled()
    await expect.poll(() => order).toEqual(['replied', 'handled'])
  })
})
