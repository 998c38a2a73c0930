/** Stimuli 33 to 37, 47 and 48: PRESS. The numbers are those of the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import type { HandlerContext } from '../../src/event.ts'
import { press } from '../../src/providers/press.ts'
import { receiving } from '../support/receiving.ts'
import { signedPress, unixSeconds } from '../support/signed.ts'
import { pressEnvelope } from '../vectors/documented.ts'

const DAY = 86_400_000

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
        ...{ verifiedBy: expect.any(String), ageMs: 0, verdict: 'accepted' },
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
