import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SkewMessage } from '../src/diagnostics.ts'
import type { KycEvent } from '../src/event.ts'
import type { Provider } from '../src/provider.ts'
import { advanceAi } from '../src/providers/advance-ai.ts'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { type Serving, serving } from './support/serving.ts'
import {
  type Delivery,
  NOW,
  signedAdvanceAi,
  signedPress,
  signedUip,
  signedUipSession,
  unixSeconds,
} from './support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from './vectors/documented.ts'

const MINUTE = 60_000

function heard(): number[] {
  const skews: number[] = []
  const listener = (message: unknown) => void skews.push((message as SkewMessage).skewMs)
  subscribe('kyc-webhooks:skew', listener)
  onTestFinished(() => void unsubscribe('kyc-webhooks:skew', listener))
  return skews
}

/** Sends so many deliveries, a second apart, while our clock is ahead by so much. The provider's time goes on from delivery to delivery. */
async function send(
  served: Serving<KycEvent>,
  deliveries: number,
  aheadMs: number,
  sign = signPress,
): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < deliveries; n++) {
    sent += 1_000
    served.clock.now = sent + aheadMs
    statuses.push((await served.post(sign(unixSeconds(sent), `evt-${sent}`))).status)
  }
  return statuses
}
let sent = NOW

const signPress = (timestamp: string, id: string, headers: Delivery['headers'] = {}): Delivery =>
  signedPress({ ...pressEnvelope, id }, { timestamp, headers })
const lines = ({ log }: Serving<KycEvent>) =>
  log.where({ receiver: 'press' }).filter((line) => 'skewMs' in line)
const servingAny = serving as (provider: Provider) => Promise<Serving<KycEvent>>

/** Stimulus 27. */
describe('27 a clock that is off', () => {
  it('is told in the log beyond a minute, either way, and when it is right again', async () => {
    const served = await servingAny(press() as unknown as Provider)
    await send(served, 5, 59_000)
    expect(lines(served)).toEqual([])
    await send(served, 31, 61_000)
    expect(lines(served)).toEqual([
      {
        ...{ level: 'warn', provider: 'press', receiver: 'press', skewMs: 61_000 },
        message: 'the clock here and that of the provider differ: is NTP running?',
      },
    ])
    await send(served, 31, 31_000)
    expect(lines(served)).toHaveLength(1)
    await send(served, 31, 0)
    expect(lines(served).at(-1)).toMatchObject({ level: 'info', message: expect.stringContaining('again') })
    await send(served, 31, -2 * MINUTE)
    expect(lines(served).at(-1)).toMatchObject({ level: 'warn' })
    expect(lines(served)).toHaveLength(3)
  })

  it('by ten minutes is told although all deliveries are refused, which are in quarantine', async () => {
    const served = await servingAny(press() as unknown as Provider)
    const skews = heard()
    expect(await send(served, 3, 10 * MINUTE)).toEqual([401, 401, 401])
    expect(lines(served)).toMatchObject([{ level: 'warn', skewMs: 10 * MINUTE }])
    expect(skews).toEqual([10 * MINUTE])
    expect(await served.inbox.quarantined()).toHaveLength(3)
  })

  it('is not made of a captured delivery, a forgery, or a repetition with the time of its first attempt', async () => {
    const served = await servingAny(press() as unknown as Provider)
    await send(served, 3, 0)
    const skews = heard()
    served.clock.now += 60 * MINUTE
    const captured = signPress(unixSeconds(sent), 'captured')
    for (let n = 0; n < 40; n++) await served.post(captured)
    for (let n = 0; n < 40; n++) {
      const timestamp = unixSeconds(sent - n * 1_000 - 10_000)
      await served.post(signPress(timestamp, `again-${n}`, { 'X-Webhook-Delivery-Attempt': '3' }))
      await served.post(
        signedPress(pressEnvelope, {
          secret: 'whsec_the-secret-of-nobody',
          timestamp: unixSeconds(sent - n * 1_000 - 90_000),
        }),
      )
    }
    expect(skews).toEqual([])
    expect(lines(served)).toEqual([])
  })
})

describe('the time of sending is believed where it is signed', () => {
  it.each<[string, Provider, typeof signPress, boolean]>([
    ['PRESS', press() as unknown as Provider, signPress, true],
    [
      'UIP’s session API',
      uip({ scheme: 'timestamped' }) as unknown as Provider,
      (timestamp, id) => signedUipSession({ ...uipIdentify, id }, { timestamp }),
      true,
    ],
    ['UIP', uip() as unknown as Provider, (_, id) => signedUip({ ...uipIdentify, id }), false],
    [
      'ADVANCE.AI',
      advanceAi() as unknown as Provider,
      (timestamp, id) => signedAdvanceAi({ ...aaiCompleted, eventId: id }, { timestamp }),
      false,
    ],
  ])('of %s', async (_, provider, sign, isSigned) => {
    const skews = heard()
    await send(await servingAny(provider), 4, 2_000, sign)
    expect(skews).toEqual(isSigned ? [2_000, 2_000] : [])
  })
})
