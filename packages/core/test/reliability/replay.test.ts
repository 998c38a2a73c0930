/** Stimuli 30 to 48: the same again, nearly the same again, and what only looks the same. Numbers as in the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import type { HandlerContext } from '../../src/event.ts'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import { senders } from '../support/senders.ts'
import { NOW, signedPress, signedUip, signedUipSession, unixSeconds } from '../support/signed.ts'
import { pressEnvelope, uipIdentify, uipSign, uipStep, uipTest } from '../vectors/documented.ts'

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

describe('PRESS: the signed id counts, whatever the headers say', () => {
  const other = { ...pressEnvelope, id: '01JW4KR9TBMZ38EYN8N9THKKBD' }

  it('33 the same body under another X-Webhook-Id: 200, one event, and a warning', async () => {
    const { receive, handled, log } = receiving(press())
    await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Id': pressEnvelope.id } }))
    expect(log.where({ header: 'x-webhook-id' })).toEqual([])
    const renamed = signedPress(pressEnvelope, { headers: { 'X-Webhook-Id': 'another' } })
    expect((await receive(renamed)).status).toBe(200)
    expect(log.where({ level: 'warn', header: 'x-webhook-id', deliveryId: pressEnvelope.id })).toHaveLength(1)
    expect(await handled()).toHaveLength(1)
  })

  it('34 one body under the id of a coming one does not make that a duplicate', async () => {
    const { receive, handled, log } = receiving(press())
    await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Id': other.id } }))
    await receive(signedPress(other, { headers: { 'X-Webhook-Id': other.id } }))
    expect(await handled()).toHaveLength(2)
    expect(log.where({ outcome: 'recorded' })).toHaveLength(2)
  })

  it.each([
    ['missing', undefined],
    ['twice', ['a', 'b']],
    ['empty', ''],
  ])('35 X-Webhook-Id %s: 200', async (_, id) => {
    const { receive, handled } = receiving(press())
    expect((await receive(signedPress(pressEnvelope, { headers: { 'X-Webhook-Id': id } }))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it.each([
    ['abc', undefined],
    ['-1', undefined],
    ['9'.repeat(400), undefined],
    ['', undefined],
    [undefined, undefined],
    [['1', '2'], undefined],
    ['4', 4],
  ])('35 X-Webhook-Delivery-Attempt of %j: 200, and %s for the handler', async (header, attempt) => {
    const contexts: HandlerContext[] = []
    const { receive, handled } = receiving(press(), { onEvent: (_, context) => void contexts.push(context) })
    const headers = { 'X-Webhook-Delivery-Attempt': header, 'X-Webhook-Subscription-Id': 'sub_a1b2c3d4e5' }
    expect((await receive(signedPress(pressEnvelope, { headers }))).status).toBe(200)
    await handled()
    expect(contexts.map(({ delivery }) => delivery)).toEqual([
      {
        id: pressEnvelope.id,
        receivedAt: '2026-03-30T12:45:00.000Z',
        subscriptionId: 'sub_a1b2c3d4e5',
        ...(attempt === undefined ? {} : { attempt }),
      },
    ])
  })

  it.each([
    ...[
      '__proto__',
      'constructor',
      '../../x',
      '%2e%2e/',
      "' OR 1=1; --",
      '"',
      '\0',
      '\r\nX-Evil: 1',
      '\u202e',
      '😀',
    ],
    ...['\ud800', ' ', 'x'.repeat(300), 'x'.repeat(100_000)],
  ])('36 the id %j is an id like any other', async (id) => {
    const { receive, handled, log } = receiving(press())
    expect((await receive(signedPress({ ...pressEnvelope, id }))).status).toBe(200)
    expect((await receive(signedPress({ ...pressEnvelope, id }))).status).toBe(200)
    expect((await receive(signedPress(pressEnvelope))).status).toBe(200)
    expect(await handled()).toHaveLength(2)
    for (const { deliveryId } of log.lines) expect(deliveryId ?? '').toMatch(/^[\x20-\x7e]{0,768}$/)
  })

  it('37 the same id with another signed body: 200, the first counts, the second is evidence', async () => {
    const { receive, handled, inbox, log } = receiving(press())
    await receive(signedPress(pressEnvelope))
    const changed = signedPress({ ...pressEnvelope, time: '2026-03-31T00:00:00.000Z' })
    expect((await receive(changed)).status).toBe(200)
    expect((await receive(changed)).status).toBe(200)
    expect(await handled()).toHaveLength(1)
    const rows = await inbox.quarantined()
    expect(rows).toMatchObject([{ reason: 'delivery-conflict', count: 2, context: { id: pressEnvelope.id } }])
    expect(Buffer.from(rows[0]?.body ?? []).equals(changed.body)).toBe(true)
    expect(
      log.where({ level: 'warn', code: 'delivery-conflict', deliveryId: pressEnvelope.id }),
    ).toHaveLength(2)
  })

  it('47 the id is known for seven days, less a second; then it is forgotten without being asked', async () => {
    const { receive, handled, clock } = receiving(press())
    const delivery = () => signedPress(pressEnvelope, { timestamp: unixSeconds(clock.now) })
    await receive(delivery())
    clock.now += 7 * DAY - 1_000
    expect((await receive(delivery())).status).toBe(200)
    expect(await handled()).toHaveLength(1)
    clock.now += 1_000
    await receive(delivery())
    expect(await handled()).toHaveLength(2)
  })

  it('48 events that are older than known ones are handed over too, with their time', async () => {
    const { receive, handled } = receiving(press())
    const at = (id: string, event_ts: string) =>
      signedPress({
        ...pressEnvelope,
        id,
        data: [
          { type: 'ae.uaekyc.icp.status_change.v1', records: [{ event_id: id, uaekyc_id: 1, event_ts }] },
        ],
      })
    await receive(at('newer', '2026-03-30T12:40:00.000Z'))
    await receive(at('older', '2026-03-30T12:30:00.000Z'))
    expect((await handled()).map(({ id, subject, time }) => [id, subject, time])).toEqual([
      ['newer', '1', '2026-03-30T12:40:00.000Z'],
      ['older', '1', '2026-03-30T12:30:00.000Z'],
    ])
  })

  it('a batch is de-duplicated element by element', async () => {
    const event = (id: string) => ({
      ...{
        specversion: '1.0',
        source: 'icp',
        type: 'ae.uaekyc.icp.status_change.v1',
        data: { uaekyc_id: 1 },
      },
      id,
    })
    const { receive, handled } = receiving(press())
    expect((await receive(signedPress([event('a'), event('b')]))).status).toBe(200)
    expect((await receive(signedPress([event('b'), event('c'), event('a')]))).status).toBe(200)
    expect((await receive(signedPress(event('c')))).status).toBe(200)
    expect((await handled()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c'])
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
    ['X-UIP-Delivery-Id', 'sess_other:session.completed:0'],
  ])('%s decides nothing; one that differs from the signed body is told of', async (header, value) => {
    const { receive, handled, log } = receiving(uip({ scheme: 'timestamped' }))
    await receive(signedUipSession(uipStep, { headers: { [header]: value } }))
    await receive(signedUipSession(uipStep))
    expect(await handled()).toMatchObject([{ type: 'step.completed', subject: 'sess_abc123' }])
    expect(log.where({ level: 'warn', header: header.toLowerCase() })).toHaveLength(1)
  })
})
