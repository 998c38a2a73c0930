import { expect, test } from 'vitest'
import { press } from '../src/providers/press.ts'
import { uip } from '../src/providers/uip.ts'
import { receiving } from './support/receiving.ts'
import { NOW, signedPress, signedUip } from './support/signed.ts'

const [spring, autumn] = ['spring-secret-of-32-characters-00', 'autumn-secret-of-32-characters-00']
const secret = [{ id: '2026-spring', secret: spring }, autumn]
const body = '{ "uaekyc_id": 1, "event_id": "evt-1", "records": [ ] }'
const at = (ageMs: number) => String((NOW - ageMs) / 1_000)

test('of a recorded delivery it is kept which secret verified it, when it came, how old it was and what became of it', async () => {
  const { inbox, receive } = receiving(press(), { secret })
  const delivery = signedPress(
    { uaekyc_id: 1, event_id: 'evt-1' },
    {
      secret: spring,
      timestamp: at(7_000),
      headers: { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': '/icp', 'ce-type': 'a.v1' },
    },
  )
  expect((await receive(delivery)).status).toBe(200)
  const [event] = await inbox.events()
  expect(event?.context).toMatchObject({
    ...{
      verifiedBy: '2026-spring',
      ageMs: 7_000,
      verdict: 'accepted',
      receivedAt: new Date(NOW).toISOString(),
    },
  })
  const kept = await inbox.delivery(event?.seq ?? 0)
  expect(Buffer.from(kept?.body ?? [])).toEqual(Buffer.from(delivery.body))
  expect(kept?.headers).toMatchObject({ 'x-webhook-timestamp': at(7_000), 'ce-id': 'ce-1' })
  expect(JSON.stringify(kept?.headers)).not.toContain(String(delivery.headers['X-Webhook-Signature']))
  expect(await inbox.delivery(999)).toBeUndefined()
})

test.each([
  ['timestamp-stale', 400_000, '{}'],
  ['timestamp-ahead', -400_000, '{}'],
  ['body-not-json', 0, body.slice(1)],
])('of a quarantined delivery the same is kept: %s', async (verdict, ageMs, content) => {
  const { inbox, receive } = receiving(press(), { secret })
  const usable = verdict === 'body-not-json' ? Buffer.from(content) : { uaekyc_id: 1, event_id: 'evt-1' }
  const ce = { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': '/icp', 'ce-type': 'a.v1' }
  await receive(signedPress(usable, { secret: autumn, timestamp: at(ageMs), headers: ce }))
  const [row] = await inbox.quarantined()
  expect(row?.context).toMatchObject({
    verifiedBy: expect.stringMatching(/^key-[0-9a-f]{8}$/),
    ageMs,
    verdict,
  })
  expect(autumn).not.toContain(row?.context.verifiedBy?.slice(4) ?? autumn)
})

test('a redrive keeps what was found when it came', async () => {
  const { inbox, receive } = receiving(press(), { secret })
  const ce = { 'ce-specversion': '1.0', 'ce-id': 'ce-1', 'ce-source': '/icp', 'ce-type': 'a.v1' }
  const stale = { secret: spring, timestamp: at(400_000), headers: ce }
  await receive(signedPress({ uaekyc_id: 1, event_id: 'evt-1' }, stale))
  const [row] = await inbox.quarantined()
  expect(await inbox.redrive(row?.seq ?? 0)).toBe('recorded')
  expect((await inbox.events())[0]?.context).toMatchObject({
    ...{ verifiedBy: '2026-spring', ageMs: 400_000, verdict: 'timestamp-stale' },
  })
})

test('where no timestamp is sent there is no age', async () => {
  const { inbox, receive } = receiving(uip())
  await receive(signedUip({ event: 'identify', audit_id: 'a-1', data: {} }))
  const rows = [...(await inbox.events()), ...(await inbox.quarantined())]
  expect(rows[0]?.context).toMatchObject({ verifiedBy: expect.any(String) })
  expect(rows[0]?.context).not.toHaveProperty('ageMs')
})
