import { expect, it } from 'vitest'
import { ADVANCE_AI_EVENT_TYPES, advanceAiEvents, advanceAiSimulator, type Draft } from '../src/index.ts'
import { listen } from './support/listen.ts'
import { ADVANCE_AI_SECRET } from './support/secrets.ts'

const json = ({ body }: Draft) => JSON.parse(body.toString())

it('makes each of the eight events', () => {
  const drafts = advanceAiEvents().each()
  expect(drafts).toHaveLength(8)
  expect(drafts.map((draft) => json(draft).eventType)).toEqual(ADVANCE_AI_EVENT_TYPES)
  for (const draft of drafts) {
    expect(Object.keys(json(draft))).toEqual(['eventId', 'eventType', 'data'])
    expect(json(draft).eventId).toBe(draft.id)
    expect(draft.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(draft.headers).toEqual({ 'Content-Type': 'application/json' })
  }
})

it('sends ids beyond 2^53 as bare numbers, exact to the digit', async () => {
  const server = await listen([200])
  const simulator = advanceAiSimulator({ url: server.url, secret: ADVANCE_AI_SECRET })
  const ids = { caseId: 1998600000000026050n, alertId: 2001680000000082882n }
  await simulator.deliver(advanceAiEvents().of('AML_OGS_UPDATE', ids))
  expect(server.heard[0]?.body.toString()).toContain(
    '"caseId":1998600000000026050,"alertId":2001680000000082882,',
  )
})

it('invents only long ids that JSON.parse alters', () => {
  const events = advanceAiEvents()
  for (let count = 0; count < 100; count++) {
    const text = events.of('AML_OGS_UPDATE').body.toString()
    const [, caseId = '', alertId = ''] = /"caseId":(\d{19}),"alertId":(\d{19}),/.exec(text) ?? []
    for (const id of [caseId, alertId]) {
      expect(BigInt(JSON.parse(id))).not.toBe(BigInt(id))
      expect(id).toMatch(/[13579]$/)
    }
  }
})

it.each([
  ['KYB_IDV_EMAIL', 'REQUEST_IDV', ['directUrl', 'email', 'emailType', 'expireHour']],
  ['KYB_IDV_EMAIL', 'NOTIFY_IDV_SUCCESS', ['email', 'emailType']],
  ['KYB_IDV_EMAIL', 'NOTIFY_IDV_FAILED', ['email', 'emailType']],
  ['KYB_QNRE_EMAIL', 'OTP_VERIFICATION', ['email', 'emailType', 'otpCode']],
  ['KYB_QNRE_EMAIL', 'FORM_NOTIFICATION', ['email', 'emailType', 'url']],
  ['KYB_QNRE_EMAIL', 'SUBMISSION_CONFIRMATION', ['email', 'emailType']],
] as const)('%s %s has the fields that go with it', (eventType, emailType, fields) => {
  const { data } = json(advanceAiEvents().of(eventType, { emailType }))
  expect(Object.keys(data).sort()).toEqual(fields)
  expect(data).toMatchObject({ emailType, email: expect.stringMatching(/^[a-z]+\.[a-z]+@example\.com$/) })
  if ('otpCode' in data) expect(data.otpCode).toMatch(/^\d{6}$/)
})

it('writes to addresses that are letters alone, whatever the name is made of', () => {
  const events = advanceAiEvents()
  const addresses = Array.from({ length: 200 }, () => json(events.of('KYB_IDV_EMAIL')).data.email)
  for (const address of addresses) expect(address).toMatch(/^[a-z]+\.[a-z]+@example\.com$/)
  expect(addresses.join()).toMatch(/abdalrahman\..*zoe\.|zoe\..*abdalrahman\./)
})

it('names the webhook on demand', () => {
  const draft = advanceAiEvents({ webhookId: 'wh_1' }).of('COMPLETED')
  expect(json(draft)).toMatchObject({
    webhookId: 'wh_1',
    data: { signatureId: expect.stringMatching(/^\d{10}$/) },
  })
})

it('gives the same bytes for the same seed, and others for another', () => {
  const all = (seed: number) => advanceAiEvents({ seed }).each()
  expect(all(7)).toEqual(all(7))
  expect(all(8)).not.toEqual(all(7))
})
