import { describe, expect, it } from 'vitest'
import { type Draft, UIP_EVENT_NAMES, uipEvents } from '../src/index.ts'

const json = ({ body }: Draft) => JSON.parse(body.toString())

it('makes each event, with the fields of the webhooks page', () => {
  const drafts = uipEvents().each()
  expect(drafts.map((draft) => json(draft).event)).toEqual(UIP_EVENT_NAMES)
  const fields = Object.fromEntries(
    drafts.map(json).map(({ event, data }) => [event, Object.keys(data).join()]),
  )
  expect(fields).toMatchObject({
    identify: 'uip_id,audit_id,session_id,name,date_of_birth,country_of_origin',
    sign: 'uip_id,session_id,audit_id',
    message: 'signing_uip_id,message_id,audit_id',
    test: 'pong',
  })
  for (const draft of drafts) expect(draft.headers).toEqual({ 'Content-Type': 'application/json' })
})

it('names a draft by its audit_id; the test event has no name', () => {
  const events = uipEvents()
  const draft = events.of('identify')
  expect(draft.id).toBe(json(draft).data.audit_id)
  expect(events.of('identify', { audit_id: 'audit_mine' }).id).toBe('audit_mine')
  expect(events.of('test').id).toBeUndefined()
  expect(events.of('test').body.toString()).toBe('{"event":"test","data":{"pong":"Pong"}}')
})

it('leaves out what was not asked for', () => {
  const draft = uipEvents().of('identify', { name: undefined, country_of_origin: 'FR' })
  expect(json(draft).data).not.toHaveProperty('name')
  expect(json(draft).data).toMatchObject({ country_of_origin: 'FR' })
})

it('names people in Arabic and in Latin script, as UTF-8', () => {
  const events = uipEvents()
  const names = Array.from({ length: 40 }, () => json(events.of('identify')).data.name)
  expect(
    names.filter((name) => /^\p{Script=Arabic}[\p{Script=Arabic} ]+$/u.test(name)).length,
  ).toBeGreaterThan(5)
  expect(names.filter((name) => /^[A-Z][A-Za-z ]+$/.test(name)).length).toBeGreaterThan(5)
})

describe('a session', () => {
  it('is its steps in order, then its end', () => {
    const drafts = uipEvents().session('completed', ['identify', 'age_verify', 'sign'])
    const [first, , , last] = drafts.map(json)
    const session = first.data.session_id
    expect(drafts.map(({ id }) => id)).toEqual([
      `${session}:step.completed:0`,
      `${session}:step.completed:1`,
      `${session}:step.completed:2`,
      `${session}:session.completed`,
    ])
    expect(drafts.map(json)).toMatchObject([
      {
        data: {
          stage: 0,
          primitive: 'identify',
          audit_id: `${session}_0`,
          claims: { country: expect.any(String) },
        },
      },
      { data: { stage: 1, primitive: 'age_verify', satisfied: true, min_age: 18 } },
      { data: { stage: 2, primitive: 'sign', document_hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      { event: 'session.completed', data: { session_id: session, status: 'completed' } },
    ])
    expect(last.data).not.toHaveProperty('stage')
    for (const draft of drafts) {
      expect(draft.headers).toEqual({
        'Content-Type': 'application/json',
        'X-UIP-Event': json(draft).event,
        'X-UIP-Delivery-Id': draft.id,
      })
    }
  })

  it('ends in one of three ways', () => {
    const end = (how: 'stopped' | 'failed') => json(uipEvents().session(how, [])[0] as Draft)
    expect(end('stopped')).toMatchObject({ event: 'session.stopped', data: { status: 'stopped' } })
    expect(end('failed')).toMatchObject({ event: 'session.failed', data: { reason: 'insufficient_funds' } })
  })
})

it('gives the same bytes for the same seed, and others for another', () => {
  const all = (seed: number) => [...uipEvents({ seed }).each(), ...uipEvents({ seed }).session()]
  expect(all(7)).toEqual(all(7))
  expect(all(8)).not.toEqual(all(7))
})
