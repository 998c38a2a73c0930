import { ERRORS, type ErrorCode, memoryInbox } from '@kyc-webhooks/core'
import { describe, expect, it } from 'vitest'
import { PERSON, SECRET, serving } from './support/serving.ts'
import { telemetry } from './support/telemetry.ts'

const MINUTE = 60_000
const who = { receiver: 'press', provider: 'press' }
const NOBODYS = 'whsec_the-secret-of-nobody'

/** Everything that can become of a delivery, and of an event, at least once. */
async function everything() {
  const inbox = memoryInbox()
  const seen = telemetry({ inboxes: [inbox] })
  const old = { id: 'old', secret: SECRET }
  const { post, idle } = await serving({
    inbox,
    secret: [{ id: 'new', secret: NOBODYS }, old],
    retry: { attempts: 2, firstDelayMs: 0 },
    onEvent({ type }) {
      if (type === 'its.own') throw new TypeError(PERSON)
    },
  })
  for (let n = 3; n > 0; n--) await post({ id: `evt-${n}` }, { sentAt: Date.now() - n * 2_000 })
  await post({ id: 'evt-1' }, { sentAt: Date.now() - 2_000 })
  await post({ id: 'evt-1', subject: 'another' })
  await post({ type: 'its.own' }, { secret: NOBODYS })
  await post({ data: 'x' })
  await post({}, { sentAt: Date.now() - 10 * MINUTE })
  await post({}, { secret: 'whsec_the-secret-of-a-forger' })
  await idle()
  return seen
}

const byReason = (one: { labels: object }, other: { labels: object }) =>
  reasonOf(one).localeCompare(reasonOf(other))
const reasonOf = ({ labels }: { labels: object }) => (labels as { reason: string }).reason

describe('metrics', () => {
  it('count deliveries by what became of them, and why', async () => {
    const { points } = await everything()
    const counted = (outcome: string, reason: string, value: number) => ({
      labels: { ...who, outcome, reason },
      value,
    })
    const happened = (await points('kyc_webhooks.deliveries')).filter(({ value }) => value !== 0)
    expect(happened.sort(byReason)).toEqual([
      counted('quarantined', 'body-unusable', 1),
      counted('quarantined', 'conflict', 1),
      counted('accepted', 'duplicate', 1),
      counted('accepted', 'recorded', 4),
      counted('refused', 'signature-mismatch', 1),
      counted('quarantined', 'timestamp-stale', 1),
    ])
  })

  it('of faults, and of what goes to quarantine, begin at 0, so that the first shows as a rise', async () => {
    const { points } = telemetry()
    await serving()
    const zeros = await points('kyc_webhooks.deliveries')
    expect(zeros.filter(({ value }) => value !== 0)).toEqual([])
    const began = zeros.map(({ labels }) => labels as { outcome: string; reason: string })
    const of = (outcome: string) =>
      began.filter((labels) => labels.outcome === outcome).map(({ reason }) => reason)
    expect(of('fault')).toEqual(
      Object.keys(ERRORS).filter((code) => ERRORS[code as ErrorCode].kind === 'fault'),
    )
    expect(of('quarantined')).toHaveLength(7)
  })

  it('time deliveries, their steps, and the runs of handlers', async () => {
    const { points } = await everything()
    expect(await points('kyc_webhooks.delivery.duration')).toContainEqual({
      labels: { ...who, outcome: 'accepted' },
      value: expect.objectContaining({ count: 5 }),
    })
    const steps = (await points('kyc_webhooks.step.duration')).map(
      ({ labels }) => (labels as { step: string }).step,
    )
    expect(steps).toEqual([
      'admit',
      'read',
      'authenticate',
      'freshness',
      'parse',
      'identify',
      'record',
      'reply',
    ])
    expect(await points('kyc_webhooks.attempt.duration')).toEqual([
      {
        labels: { ...who, type: 'ae.uaekyc.icp.immigration_entry.v1', result: 'done' },
        value: expect.objectContaining({ count: 3 }),
      },
      { labels: { ...who, type: 'other', result: 'failed' }, value: expect.objectContaining({ count: 2 }) },
    ])
  })

  it('count what is settled, and tell of each inbox how it keeps up', async () => {
    const { points } = await everything()
    expect(await points('kyc_webhooks.settlements')).toEqual(
      expect.arrayContaining([
        { labels: { ...who, result: 'done' }, value: 3 },
        { labels: { ...who, result: 'retry' }, value: 1 },
        { labels: { ...who, result: 'dead' }, value: 1 },
      ]),
    )
    const inbox = { inbox: 'memory' }
    expect(await points('kyc_webhooks.inbox.up')).toEqual([{ labels: inbox, value: 1 }])
    expect(await points('kyc_webhooks.inbox.depth')).toEqual([{ labels: inbox, value: 0 }])
    expect(await points('kyc_webhooks.inbox.lag')).toEqual([{ labels: inbox, value: 0 }])
    expect(await points('kyc_webhooks.inbox.dead_letters')).toEqual([{ labels: inbox, value: 1 }])
  })

  it('tell depth and lag of an inbox that does not keep up, and nothing of one that is away', async () => {
    const inbox = memoryInbox()
    const { points } = telemetry({ inboxes: [inbox] })
    const { post } = await serving({ inbox, onEvent: () => new Promise(() => {}), closeGraceMs: 0 })
    await post()
    expect(await points('kyc_webhooks.inbox.depth')).toEqual([{ labels: { inbox: 'memory' }, value: 1 }])
    await expect.poll(async () => (await points('kyc_webhooks.inbox.lag'))[0]?.value).toBeGreaterThan(0)
    const away = memoryInbox()
    await away.close()
    const other = telemetry({ inboxes: [away] })
    expect(await other.points('kyc_webhooks.inbox.up')).toEqual([{ labels: { inbox: 'memory' }, value: 0 }])
    expect(await other.points('kyc_webhooks.inbox.depth')).toEqual([])
  })

  it('tell which secret signs, and how far the clocks are apart', async () => {
    const { points } = await everything()
    expect(await points('kyc_webhooks.key.uses')).toEqual([
      { labels: { ...who, key: 'old', state: 'old' }, value: 7 },
      { labels: { ...who, key: 'new', state: 'newest' }, value: 1 },
    ])
    const [skew] = await points('kyc_webhooks.clock.skew')
    expect(skew?.labels).toEqual(who)
    expect(skew?.value).toBeGreaterThan(1)
    expect(skew?.value).toBeLessThan(60)
  })

  it('148 name types that are listed or given, and call the others `other`, however many come', async () => {
    const { points } = telemetry({ eventTypes: ['its.own'] })
    const { post, idle } = await serving()
    for (let n = 0; n < 20; n++) await post({ type: `made.up.${n}` })
    await post({ type: 'its.own' })
    await post({ type: '__proto__' })
    await idle()
    const types = (await points('kyc_webhooks.attempt.duration')).map(
      ({ labels }) => (labels as { type: string }).type,
    )
    expect(types.sort()).toEqual(['its.own', 'other'])
  })

  it('148 have labels with no value that a sender chooses', async () => {
    const seen = telemetry()
    const { post, idle } = await serving()
    const before = (await seen.points('kyc_webhooks.deliveries')).length
    for (let n = 0; n < 30; n++) {
      await post(
        { id: `id-${n}`, subject: `subject-${n}`, source: `source-${n}` },
        { headers: { 'X-Webhook-Id': `id-${n}` } },
      )
      await post({ id: `id-${n}` }, { secret: `whsec_the-secret-of-forger-${n}` })
    }
    await idle()
    expect((await seen.points('kyc_webhooks.deliveries')).length).toBeLessThanOrEqual(before + 2)
    for (const name of ['kyc_webhooks.delivery.duration', 'kyc_webhooks.settlements'])
      expect((await seen.points(name)).length, name).toBeLessThanOrEqual(2)
    for (const metric of await seen.metrics()) {
      const said = JSON.stringify((await seen.points(metric.split(' ')[0] ?? '')).map(({ labels }) => labels))
      for (const word of [PERSON, SECRET, 'subject-', 'source-', 'id-']) expect(said).not.toContain(word)
    }
  })

  it('are no more once it is closed', async () => {
    const { points, close } = telemetry({ inboxes: [memoryInbox()] })
    const { post, idle } = await serving()
    close()
    close()
    await post()
    await idle()
    const counted = (await points('kyc_webhooks.deliveries')).filter(({ value }) => value !== 0)
    expect(counted).toEqual([])
    expect(await points('kyc_webhooks.inbox.up')).toEqual([])
  })
})
