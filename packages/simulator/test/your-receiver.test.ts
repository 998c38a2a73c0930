import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { play, uipDrafts, uipSimulator } from '@kyc-webhooks/simulator'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const secret = 'uip_whsec_0123456789abcdef'
const handled = new Set<string>()

/** Stands for your receiver of UIP. */
async function receive(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const expected = createHmac('sha256', secret).update(body).digest()
  const given = Buffer.from(String(request.headers['x-uip-signature']), 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 401
  const { event, data } = JSON.parse(body.toString())
  handled.add(`${event} ${data.audit_id}`)
  return 200
}

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(400).end(),
  )
})
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => server.close())
beforeEach(() => handled.clear())

const simulator = () => {
  const { port } = server.address() as AddressInfo
  return uipSimulator({ url: `http://127.0.0.1:${port}/webhooks/uip`, secret, timeScale: 0 })
}

test('an event is handled', async () => {
  const draft = uipDrafts({ seed: 7 }).of('identify', { name: 'مريم حداد' })
  const report = await simulator().deliver(draft)
  expect(report).toMatchObject({ outcome: 'accepted', attempts: [{ status: 200 }] })
  expect([...handled]).toEqual([`identify ${draft.id}`])
})

test.each(['bad-signature', 'missing-signature', 'altered-body'] as const)('%s is refused', async (flaw) => {
  const uip = simulator()
  const attempt = await uip.send(uip.prepare(uipDrafts().of('sign'), { flaw }))
  expect(attempt.status).toBe(401)
  expect(handled.size).toBe(0)
})

test('what breaks off is sent again', async () => {
  const uip = simulator()
  const report = await uip.deliver(uipDrafts().of('sign'), { mishap: 'truncated-body' })
  expect(report.attempts).toMatchObject([{ error: 'truncated-body' }, { status: 200 }])
  expect(handled.size).toBe(1)
})

test('a thousand deliveries, some with troubles', async () => {
  const report = await play(simulator(), uipDrafts({ seed: 7 }), {
    count: 1000,
    eventTypes: { identify: 3, sign: 1 },
    troubles: { 'bad-signature': 0.02, 'duplicate-later': 0.05, 'lost-reply': 0.02, 'out-of-order': 0.1 },
  })
  expect(report.troubles['bad-signature']).toMatchObject({ accepted: 0 })
  expect(handled.size).toBe(1000 - (report.troubles['bad-signature']?.gaveUp ?? 0))
  expect(report.account.failures).toEqual({ 'lost-reply': report.troubles['lost-reply']?.accepted })
})
