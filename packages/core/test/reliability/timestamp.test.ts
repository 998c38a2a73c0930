/** Stimuli 21 to 29: the time of sending. The numbers are those of the reliability catalogue. */
import { describe, expect, it } from 'vitest'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { codeOf, receiving } from '../support/receiving.ts'
import { refused } from '../support/refused.ts'
import {
  type Delivery,
  NOW,
  signedAdvanceAi,
  signedPress,
  signedUip,
  signedUipSession,
  TIMESTAMP,
  unixSeconds,
  withHeaders,
} from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify, uipStep } from '../vectors/documented.ts'

interface Dated {
  name: string
  provider: Provider
  header: string
  sign: (timestamp: string) => Delivery
}

/** The three schemes that send a time, each signing it or not as the provider does. */
const dated: Dated[] = [
  {
    name: 'PRESS',
    provider: press(),
    header: 'X-Webhook-Timestamp',
    sign: (timestamp) => signedPress(pressEnvelope, { timestamp }),
  },
  {
    name: 'UIP session API',
    provider: uip({ scheme: 'timestamped' }),
    header: 'X-UIP-Timestamp',
    sign: (timestamp) => signedUipSession(uipStep, { timestamp }),
  },
  {
    name: 'ADVANCE.AI',
    provider: advanceAi(),
    header: 'aai-timestamp',
    sign: (timestamp) => signedAdvanceAi(aaiCompleted, { timestamp }),
  },
]

describe.each(dated)('$name', ({ provider, header, sign }) => {
  it.each([
    [-310, 401, 'timestamp-stale'],
    [-295, 200, undefined],
    [0, 200, undefined],
    [295, 200, undefined],
    [310, 401, 'timestamp-ahead'],
    [31_536_000, 401, 'timestamp-ahead'],
  ])('21 %d s from now: %d', async (seconds, status, code) => {
    const { receive } = receiving(provider)
    const reply = await receive(sign(unixSeconds(NOW + seconds * 1_000)))
    expect(reply.status).toBe(status)
    if (code !== undefined) expect(codeOf(reply)).toBe(code)
  })

  it.each([
    ...[
      '22 NaN',
      '22 Infinity',
      '22 abc',
      '22 null',
      '22 []',
      '22 0x69ca71cc',
      '22 1e400',
      `22 -${TIMESTAMP}`,
    ],
    ...[
      `22 ${'1'.repeat(40)}`,
      '22 \xb9\xb2\xb3',
      `23 ${NOW}`,
      `23 ${TIMESTAMP}abc`,
      `23 ${TIMESTAMP} ${TIMESTAMP}`,
    ],
    ...[`23 ${TIMESTAMP},${TIMESTAMP}`, '23 2026-03-30T12:45:00Z', `25 ${'9'.repeat(8_000)}`],
    ...[`26 +${TIMESTAMP}`, `26 ${TIMESTAMP}.5`, `26 000${TIMESTAMP}`],
  ])('%s is refused, however it is signed', async (numbered) => {
    const receiver = receiving(provider)
    const timestamp = numbered.slice(3)
    expect(await refused(receiver, sign(timestamp))).toBe('timestamp-malformed')
    expect((await receiver.receive(sign(TIMESTAMP))).status).toBe(200)
  })

  it.each([
    ['22 empty', '', 'timestamp-missing'],
    ['24 missing', undefined, 'timestamp-missing'],
    ['24 twice, stale and fresh', ['1', TIMESTAMP], 'header-repeated'],
    ['24 twice, fresh and stale', [TIMESTAMP, '1'], 'header-repeated'],
    ['24 twice, fresh and fresh', [TIMESTAMP, TIMESTAMP], 'header-repeated'],
  ])('%s is refused', async (_, values, code) => {
    expect(await refused(receiving(provider), withHeaders(sign(TIMESTAMP), { [header]: values }))).toBe(code)
  })

  it.each([
    ['timestamp-stale', -310],
    ['timestamp-ahead', 310],
  ])('29 signed, %s and never seen: 401, in quarantine, and an alarm', async (code, seconds) => {
    const { receive, inbox, log, handled } = receiving(provider)
    const delivery = sign(unixSeconds(NOW + seconds * 1_000))
    const reply = await receive(delivery)
    expect([reply.status, codeOf(reply)]).toEqual([401, code])
    expect(log.where({ level: 'error', code, quarantined: true })).toHaveLength(1)
    const rows = await inbox.quarantined()
    expect(rows).toMatchObject([{ reason: code, count: 1 }])
    expect(new Uint8Array(rows[0]?.body ?? [])).toEqual(new Uint8Array(delivery.body))
    expect(await handled()).toEqual([])
  })

  it('29 signed, stale and known: 401, and not kept again', async () => {
    const { receive, inbox, log, handled, clock } = receiving(provider)
    expect((await receive(sign(TIMESTAMP))).status).toBe(200)
    clock.now += 310_000
    const reply = await receive(sign(TIMESTAMP))
    expect([reply.status, codeOf(reply)]).toEqual([401, 'timestamp-stale'])
    expect(await inbox.quarantined()).toEqual([])
    expect(log.where({ level: 'warn', code: 'timestamp-stale' })).toHaveLength(1)
    expect(await handled()).toHaveLength(1)
  })

  it('29 stale uses nothing up: sent again with a fresh time it is accepted', async () => {
    const { receive, handled } = receiving(provider)
    await receive(sign(unixSeconds(NOW - 310_000)))
    expect((await receive(sign(TIMESTAMP))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })

  it('29 stale each time it comes: one row in quarantine that counts', async () => {
    const { receive, inbox } = receiving(provider)
    for (const seconds of [-310, -311, -312]) await receive(sign(unixSeconds(NOW + seconds * 1_000)))
    expect(await inbox.quarantined()).toMatchObject([{ count: 3 }])
  })

  it('a forged signature under a stale time is a forgery first: nothing is kept of it', async () => {
    const stale = sign(unixSeconds(NOW - 310_000))
    const body = Buffer.from(`${stale.body} `)
    expect(await refused(receiving(provider), { ...stale, body })).toBe('signature-mismatch')
  })
})

describe('the tolerance', () => {
  it('is an option, for a provider that does not sign its repetitions anew', async () => {
    const { receive } = receiving(press(), { toleranceMs: 8 * 3_600_000 })
    const delivery = (hours: number) =>
      signedPress(pressEnvelope, { timestamp: unixSeconds(NOW - hours * 3_600_000) })
    expect((await receive(delivery(7.5))).status).toBe(200)
    expect((await receive(delivery(8.5))).status).toBe(401)
  })
})

describe('28 our clock', () => {
  it('that steps back does not make a known delivery new', async () => {
    const { receive, handled, clock } = receiving(press())
    await receive(signedPress(pressEnvelope))
    clock.now -= 240_000
    expect((await receive(signedPress(pressEnvelope))).status).toBe(200)
    expect(await handled()).toHaveLength(1)
  })
})

describe('UIP by its webhooks page sends no time', () => {
  it('so nothing is stale, and what a header says is not read', async () => {
    const { receive } = receiving(uip())
    const delivery = signedUip(uipIdentify, { headers: { 'X-UIP-Timestamp': 'NaN' } })
    expect((await receive(delivery)).status).toBe(200)
  })
})
