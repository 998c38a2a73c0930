import { describe, expect, it } from 'vitest'
import type { KycEvent } from '../../src/event.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { identifiedBy } from '../../src/reconcile/identified-by.ts'
import { partsOf, unusable } from '../support/normalised.ts'
import { receiving } from '../support/receiving.ts'
import { signedAdvanceAi, signedUipSession } from '../support/signed.ts'
import { aaiBusiness, aaiCompleted, pressEnvelope, uipStep } from '../vectors/documented.ts'

const completed = identifiedBy(advanceAi(), ({ type, data }) =>
  type === 'COMPLETED' ? `${type}:${data.signatureId}` : undefined,
)

describe('identifiedBy', () => {
  it('names a delivery by what it says, and leaves it what it was', () => {
    const [part] = partsOf(completed, aaiCompleted)
    const [plain] = partsOf(advanceAi(), aaiCompleted)
    expect(part).toEqual({ ...plain, id: 'fact:COMPLETED:1234567890', fact: true })
  })

  it('leaves its own id to what the function does not name', () => {
    expect(partsOf(completed, aaiBusiness)).toEqual(partsOf(advanceAi(), aaiBusiness))
  })

  it('leaves its own id to a delivery of several events, or none', () => {
    const provider = identifiedBy(press(), () => 'x')
    const [group] = pressEnvelope.data as { type: string; records: object[] }[]
    const two = { ...pressEnvelope, data: [group, group] }
    expect(partsOf(provider, two)).toEqual(partsOf(press(), two))
    const none = { ...pressEnvelope, data: [] }
    expect(partsOf(provider, none)).toEqual(partsOf(press(), none))
    expect(partsOf(provider, pressEnvelope)).toMatchObject([{ id: 'fact:x' }])
  })

  it('names each part of a batch', () => {
    const part = (id: string) => ({ specversion: '1.0', id, source: 's', type: 't', data: { uaekyc_id: id } })
    const provider = identifiedBy(press(), ({ subject }) => (subject === 'b' ? 'bee' : undefined))
    expect(partsOf(provider, [part('a'), part('b')]).map(({ id }) => id)).toEqual(['a', 'fact:bee'])
  })

  it.each<[string, (event: KycEvent) => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('resident@example.com')
      },
    ],
    ['gives no text', () => 17],
    ['gives null', () => null],
    ['gives the empty text', () => ''],
  ])('has a delivery kept in quarantine when the function %s', async (_, factOf) => {
    const provider = identifiedBy(advanceAi() as Provider, factOf as (event: KycEvent) => string | undefined)
    expect(unusable(provider, aaiCompleted)).toMatchObject({ code: 'body-unusable' })
    const { receive, inbox, log } = receiving(provider)
    expect((await receive(signedAdvanceAi(aaiCompleted))).status).toBe(400)
    expect(await inbox.quarantined()).toHaveLength(1)
    expect(JSON.stringify(log.lines)).not.toContain('resident')
  })

  it('keeps a second delivery of one fact as evidence, and says so', async () => {
    const { receive, handled, rejected } = receiving(completed)
    await receive(signedAdvanceAi(aaiCompleted))
    const again = signedAdvanceAi({ ...aaiCompleted, eventId: 'another' })
    expect((await receive(again)).status).toBe(200)
    expect(await handled()).toHaveLength(1)
    expect(rejected).toMatchObject([{ code: 'delivery-conflict', deliveryId: 'fact:COMPLETED:1234567890' }])
  })

  it('does not compare an unsigned id with the name of a fact', async () => {
    const provider = identifiedBy(uip({ scheme: 'timestamped' }), ({ type }) => type)
    const { receive, log } = receiving(provider)
    await receive(
      signedUipSession(uipStep, { headers: { 'x-uip-delivery-id': 'sess_abc123:step.completed:0' } }),
    )
    expect(log.where({ level: 'warn', header: 'x-uip-delivery-id' })).toEqual([])
    await receive(signedUipSession(uipStep, { headers: { 'x-uip-event': 'other' } }))
    expect(log.where({ level: 'warn', header: 'x-uip-event' })).toHaveLength(1)
  })
})
