import { describe, expect, it } from 'vitest'
import { parseStructured } from '../../src/cloud-events/index.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { eventsOf, partsOf, unusable } from '../support/normalised.ts'
import { aaiAml, aaiBusiness, aaiCompleted, aaiIdvEmail, aaiQnreEmail } from '../vectors/documented.ts'

const provider = advanceAi()
const common = {
  specversion: '1.0',
  source: 'https://advance.ai',
  datacontenttype: 'application/json',
  provider: 'advance-ai',
}

describe('each documented event', () => {
  it('COMPLETED, with the webhook id of the signed body', () => {
    const { eventId: id, data } = aaiCompleted
    expect(partsOf(provider, aaiCompleted)).toEqual([
      {
        id,
        subscriptionId: 'wh_xxx',
        events: [{ ...common, id, type: 'COMPLETED', subject: '1234567890', data }],
      },
    ])
  })

  it('BUSINESS_VERIFICATION_STATUS, with its time', () => {
    const { eventId: id, data } = aaiBusiness
    const subject = 'KYBC-201464826803499999'
    const time = '2026-01-26T05:37:03.000Z'
    expect(partsOf(provider, aaiBusiness)).toEqual([
      { id, events: [{ ...common, id, type: 'BUSINESS_VERIFICATION_STATUS', subject, time, data }] },
    ])
  })

  it('AML_OGS_UPDATE, with ids exact to the digit', () => {
    const id = '6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b13'
    const subject = 'PF_R5BoIxxxxxxxxxxQnnNVqi'
    const data = {
      profileId: subject,
      caseId: '1998600000000026050',
      alertId: '2001680000000082882',
      numberOfNewResults: 0,
      numberOfUpdatedResults: 1,
    }
    expect(partsOf(provider, aaiAml)).toEqual([
      { id, events: [{ ...common, id, type: 'AML_OGS_UPDATE', subject, data }] },
    ])
  })

  it.each([aaiIdvEmail, aaiQnreEmail])('$eventType, which names an address and no subject', (body) => {
    const { eventId: id, eventType: type, data } = body
    expect(partsOf(provider, body)).toEqual([{ id, events: [{ ...common, id, type, data }] }])
  })

  it.each(['SUBMIT_COMPLETED', 'OCR_COMPLETED', 'CASE_MANUAL_CORRECTED'])(
    '%s, whose data is open',
    (type) => {
      const data = { signatureId: 's-1', anything: [1] }
      expect(eventsOf(provider, { eventId: 'e', eventType: type, data })).toMatchObject([
        { type, subject: 's-1', data },
      ])
    },
  )

  it.each([aaiCompleted, aaiBusiness, aaiAml, aaiIdvEmail, aaiQnreEmail])('is a valid CloudEvent', (body) => {
    for (const event of eventsOf(provider, body)) expect(parseStructured(event)).toEqual(event)
  })
})

describe('ids', () => {
  const data = (written: string) =>
    `{"eventId":"e","eventType":"AML_OGS_UPDATE","data":{"caseId":${written}}}`
  const caseId = (written: string) => eventsOf(provider, data(written))[0]?.data

  it('are text whatever their size, so that their type does not depend on it', () => {
    expect(caseId('17')).toEqual({ caseId: '17' })
    expect(caseId('"17"')).toEqual({ caseId: '17' })
  })

  it('that differ in the last digit stay two', () => {
    expect([caseId('1998600000000026050'), caseId('1998600000000026051')]).toEqual([
      { caseId: '1998600000000026050' },
      { caseId: '1998600000000026051' },
    ])
  })

  it.each(['signatureId', 'id', 'profileId', 'caseId', 'alertId'])('%s is one', (name) => {
    const body = `{"eventId":"e","eventType":"X","data":{"${name}":9}}`
    expect(eventsOf(provider, body)[0]?.data).toEqual({ [name]: '9' })
  })

  it('that are none are left as they came', () => {
    expect(caseId('{"$ne":null}')).toEqual({ caseId: { $ne: null } })
    expect(caseId('null')).toEqual({ caseId: null })
  })

  it('integers beyond 2^53 elsewhere arrive exact too', () => {
    const body = '{"eventId":"e","eventType":"X","data":{"deep":[{"n":2001680000000082882}]}}'
    expect(eventsOf(provider, body)[0]?.data).toEqual({ deep: [{ n: '2001680000000082882' }] })
  })

  it('eventId and webhookId may be numbers', () => {
    const body = '{"eventId":1998600000000026050,"eventType":"X","webhookId":7,"data":{}}'
    expect(partsOf(provider, body)).toMatchObject([{ id: '1998600000000026050', subscriptionId: '7' }])
  })
})

describe('the time', () => {
  it.each([
    ['1769405823', false],
    [-1, false],
    [1.5, false],
    [1e15, false],
    [null, false],
    [0, true],
  ])('updatedAt of %j tells one: %s', (updatedAt, told) => {
    const [event] = eventsOf(provider, { eventId: 'e', eventType: 'X', data: { updatedAt } })
    expect(event && 'time' in event).toBe(told)
  })

  it('is never that of the unsigned header', () => {
    const [event] = eventsOf(provider, aaiCompleted, { 'aai-timestamp': '1774874700' })
    expect(event).not.toHaveProperty('time')
  })
})

describe('types and fields that no page lists', () => {
  it('are delivered', () => {
    const body = { eventId: 'e', eventType: 'FRAUD_ALERT', extra: true, data: { new: { a: null } } }
    expect(eventsOf(provider, body)).toMatchObject([{ type: 'FRAUD_ALERT', data: { new: { a: null } } }])
  })

  it.each([undefined, null])('data of %s is empty', (data) => {
    expect(eventsOf(provider, { eventId: 'e', eventType: 'X', data })).toMatchObject([{ data: {} }])
  })
})

describe('what is not usable', () => {
  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no eventId', { eventType: 'X', data: {} }],
    ['an empty eventId', { eventId: '', eventType: 'X', data: {} }],
    ['an eventId that is an operator of a query', { eventId: { $ne: null }, eventType: 'X', data: {} }],
    ['no eventType', { eventId: 'e', data: {} }],
    ['an empty eventType', { eventId: 'e', eventType: '', data: {} }],
    ['an eventType that is no text', { eventId: 'e', eventType: 5, data: {} }],
    // Delivered with empty data, what was in it would be lost behind a 200.
    ['data that is a list', { eventId: 'e', eventType: 'X', data: [1] }],
    ['data that is text', { eventId: 'e', eventType: 'X', data: 'x' }],
  ])('%s', (_, content) => {
    expect(unusable(provider, content).code).toMatch(/^body-/)
  })
})
