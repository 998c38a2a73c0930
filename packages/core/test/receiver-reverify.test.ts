import { describe, expect, it } from 'vitest'
import { memoryInbox } from '../src/memory-inbox.ts'
import type { Provider } from '../src/provider.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import type { ReceiverOptions } from '../src/receiver-options.ts'
import { eventually } from './support/eventually.ts'
import { receiving } from './support/receiving.ts'
import { source } from './support/ring-of.ts'
import { serving } from './support/serving.ts'
import {
  type Delivery,
  SECRETS,
  signedAdvanceAi,
  signedPress,
  signedUip,
  withHeaders,
} from './support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from './vectors/documented.ts'

const WRONG = 'whsec_of-another-environment-altogether'
/** For the whole flood: `FUZZ_RUNS=50`. */
const FORGERIES = 2_000 * Number(process.env.FUZZ_RUNS ?? 1)
const NOTHING = { recorded: 0, duplicate: 0, quarantined: 0, unverified: 0 }
const cloudEvent = (id: string) => ({ ...pressEnvelope, id })

/** Over real sockets: a receiver whose secret is wrong until it is put right. */
async function misconfigured(options: Partial<ReceiverOptions> = {}) {
  const secret = source(WRONG)
  const served = await serving(press(), { secret, keepUnverified: true, ...options } as object)
  const { inbox, receiver, post } = served
  return {
    ...served,
    putRight: () => {
      secret.state.holds = SECRETS.press
    },
    refused: async (...deliveries: readonly Delivery[]) => {
      const replies = await Promise.all(deliveries.map((delivery) => post(delivery)))
      expect(replies.map(({ status }) => status)).toEqual(deliveries.map(() => 401))
    },
    reverify: () => receiver.reverify(),
    kept: (number: number) => eventually(async () => (await inbox.unverified()).length).toBe(number),
  }
}

describe('after a wrong secret, reverify', () => {
  it('brings back what was refused: handled once, and a repetition by the provider is a duplicate', async () => {
    const { refused, kept, reverify, putRight, post, handled, inbox, clock, log } = await misconfigured()
    const sent = [signedPress(cloudEvent('evt-1')), signedPress(cloudEvent('evt-2'))]
    await refused(...sent, ...sent)
    await kept(2)
    expect(await reverify()).toEqual({ ...NOTHING, unverified: 2 })
    expect(await handled()).toEqual([])
    clock.now += 86_400_000
    putRight()
    expect(await reverify()).toEqual({ ...NOTHING, recorded: 2 })
    expect(await handled()).toHaveLength(2)
    expect((await inbox.events()).map(({ context }) => context.id)).toEqual(['evt-1', 'evt-2'])
    expect(await inbox.unverified()).toEqual([])
    const [{ context } = {}] = await inbox.events()
    expect(context).toMatchObject({ receivedAt: '2026-03-30T12:45:00.000Z', ageMs: 0, verdict: 'accepted' })
    expect(context?.verifiedBy).toMatch(/^key-/)
    const repeated = signedPress(cloudEvent('evt-1'), { timestamp: String(clock.now / 1_000) })
    expect((await post(repeated)).status).toBe(200)
    expect(log.where({ outcome: 'duplicate' })).toHaveLength(1)
    expect(await reverify()).toEqual(NOTHING)
    expect(await handled()).toHaveLength(2)
  })

  it('finds a duplicate where the provider has sent it again meanwhile', async () => {
    const { refused, kept, reverify, putRight, post, handled } = await misconfigured()
    await refused(signedPress(pressEnvelope))
    await kept(1)
    putRight()
    expect((await post(signedPress(pressEnvelope))).status).toBe(200)
    expect(await reverify()).toEqual({ ...NOTHING, duplicate: 1 })
    expect(await handled()).toHaveLength(1)
  })

  it('never brings to life what was changed on its way', async () => {
    const { refused, reverify, putRight, handled, inbox, kept } = await misconfigured()
    const captured = signedPress(pressEnvelope)
    const body = Buffer.from(Buffer.from(captured.body).toString().replace('999', '998'))
    const changed = [
      { ...captured, body },
      withHeaders(captured, { 'X-Webhook-Timestamp': '1774874701' }),
      withHeaders(captured, { 'X-Webhook-Signature': '0'.repeat(64) }),
      signedPress(pressEnvelope, { secret: 'whsec_of-somebody-who-would-like-to-know' }),
    ]
    await refused(...changed)
    await kept(4)
    putRight()
    expect(await reverify()).toEqual({ ...NOTHING, unverified: 4 })
    expect([await handled(), await inbox.quarantined()]).toEqual([[], []])
    expect(await inbox.unverified()).toHaveLength(4)
  })

  it('is not kept from the delivery by a copy of it that was changed and came first', async () => {
    const { refused, reverify, putRight, kept } = await misconfigured()
    const captured = signedPress(pressEnvelope)
    await refused(withHeaders(captured, { 'X-Webhook-Timestamp': '1774874701' }))
    await refused(captured)
    await kept(2)
    putRight()
    expect(await reverify()).toEqual({ ...NOTHING, recorded: 1, unverified: 1 })
  })

  it('judges the age of a delivery as of its arrival', async () => {
    const { refused, reverify, putRight, inbox, clock, kept } = await misconfigured()
    clock.now += 600_000
    await refused(signedPress(pressEnvelope))
    await kept(1)
    putRight()
    expect(await reverify()).toEqual({ ...NOTHING, quarantined: 1 })
    expect(await inbox.quarantined()).toMatchObject([{ reason: 'timestamp-stale' }])
    expect(await inbox.unverified()).toEqual([])
  })

  it.each<[string, Provider, Delivery]>([
    ['UIP', uip() as unknown as Provider, signedUip(uipIdentify)],
    ['ADVANCE.AI', advanceAi() as unknown as Provider, signedAdvanceAi(aaiCompleted)],
  ])('brings back the deliveries of %s', async (_, provider, delivery) => {
    const right = provider.name === 'uip' ? SECRETS.uip : SECRETS['advance-ai']
    const secret = source(
      provider.name === 'uip' ? 'uip_whsec_0000000000000000' : btoa('another secret of theirs'),
    )
    const { receiver, post, handled, inbox } = await serving(provider, { secret, keepUnverified: true })
    expect((await post(delivery)).status).toBe(401)
    await eventually(async () => (await inbox.unverified()).length).toBe(1)
    secret.state.holds = right
    expect(await receiver.reverify()).toEqual({ ...NOTHING, recorded: 1 })
    expect(await handled()).not.toEqual([])
  })

  it('looks at all of them also where a clock that was ahead has dated some', async () => {
    const { refused, kept, reverify, putRight, clock } = await misconfigured()
    clock.now += 10_000
    await refused(signedPress(cloudEvent('ahead')))
    await kept(1)
    clock.now -= 10_000
    const ids = Array.from({ length: 24 }, (_, n) => `evt-${n}`)
    await refused(...ids.map((id) => signedPress(cloudEvent(id))))
    await kept(25)
    putRight()
    expect(await reverify()).toEqual({ ...NOTHING, recorded: 24 })
    clock.now += 10_000
    expect(await reverify()).toEqual({ ...NOTHING, recorded: 1 })
  })

  it('asks for the secrets of now, and rejects while they cannot be had', async () => {
    const secret = source(WRONG)
    const { receiver } = await serving(press(), { secret, keepUnverified: true })
    await receiver.ready
    secret.state.holds = new Error('down')
    await expect(receiver.reverify()).rejects.toMatchObject({ code: 'secret-unavailable' })
  })

  it('is refused once the receiver is closed', async () => {
    const { receiver, reverify } = await misconfigured()
    await receiver.close()
    await expect(reverify()).rejects.toMatchObject({ code: 'receiver-closed' })
  })
})

describe('what is kept unverified', () => {
  it('is nothing unless it is asked for', async () => {
    const { post, receiver, inbox, handled } = await serving(press(), { secret: WRONG })
    expect((await post(signedPress(pressEnvelope))).status).toBe(401)
    await handled()
    await receiver.close()
    expect(await inbox.unverified()).toEqual([])
  })

  it('is nothing that no secret could ever match', async () => {
    const { post, receiver, inbox } = await misconfigured()
    const signed = signedPress(pressEnvelope)
    const statuses = []
    for (const headers of [
      { 'X-Webhook-Signature': undefined },
      { 'X-Webhook-Signature': 'not hex' },
      { 'X-Webhook-Timestamp': undefined },
      { 'X-Webhook-Signature': ['0'.repeat(64), '1'.repeat(64)] },
    ])
      statuses.push((await post(withHeaders(signed, headers))).status)
    expect(statuses).toEqual([401, 401, 401, 400])
    await receiver.close()
    expect(await inbox.unverified()).toEqual([])
  })

  it('is written when the receiver is closed', async () => {
    const { refused, receiver, inbox } = await misconfigured()
    await refused(signedPress(pressEnvelope))
    await receiver.close()
    expect(await inbox.unverified()).toMatchObject([{ receiver: 'press' }])
  })

  it('delays no reply and no delivery, whatever the store does with it', async () => {
    const inbox = memoryInbox()
    inbox.keepUnverified = () => new Promise(() => {})
    const secret = source([SECRETS.press])
    const closeGraceMs = 10
    const { post, handled } = await serving(press(), { secret, inbox, closeGraceMs, keepUnverified: true })
    const forged = signedPress(pressEnvelope, { secret: WRONG })
    for (let round = 0; round < 3; round++) expect((await post(forged)).status).toBe(401)
    expect((await post(signedPress(pressEnvelope))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})

describe('a flood of forgeries', () => {
  it('stays inside the bounds, is written little by little, and leaves room for others', async () => {
    const inbox = memoryInbox()
    const writes: number[] = []
    const keep = inbox.keepUnverified.bind(inbox)
    inbox.keepUnverified = (receiver, deliveries, bounds) => {
      writes.push(deliveries.length)
      return keep(receiver, deliveries, bounds)
    }
    const kept = { max: 100, maxBytes: 50_000 }
    const { receive, receiver, handled } = receiving(press(), { inbox, keepUnverified: kept })
    const forged = { headers: signedPress('{}').headers }
    const begunAt = performance.now()
    for (let sent = 0; sent < FORGERIES; sent += 500) {
      const bodies = Array.from({ length: 500 }, (_, index) => Buffer.from(`forgery ${sent + index}`))
      const replies = await Promise.all(bodies.map((body) => receive({ ...forged, body })))
      expect(replies.every(({ status }) => status === 401)).toBe(true)
    }
    expect((await receive(signedPress(pressEnvelope))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
    await receiver.close()
    const turns = (performance.now() - begunAt) / 250 + 2
    expect(writes.length).toBeLessThanOrEqual(turns)
    expect(Math.max(...writes)).toBeLessThanOrEqual(64)
    const rows = await inbox.unverified({ limit: 1_000 })
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.length).toBeLessThanOrEqual(100)
    const bytes = rows.map(({ body, headers }) => body.byteLength + JSON.stringify(headers).length)
    expect(bytes.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(50_000)
  })
})
