import { describe, expect, it } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { codeOf, receiving } from '../support/receiving.ts'
import { serving } from '../support/serving.ts'
import {
  NOW,
  signedAdvanceAi,
  signedPress,
  signedUip,
  signedUipSession,
  TIMESTAMP,
  unixSeconds,
  withHeaders,
} from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify } from '../vectors/documented.ts'

describe('pitfall 13: time', () => {
  it('that is not digits only is refused, rightly signed or not', async () => {
    // The traps: what JavaScript reads from such text, and what it then compares.
    expect([Number.parseInt(`${TIMESTAMP}junk`, 10), Math.abs(NOW - Number.NaN) > 300_000]).toEqual([
      NOW / 1_000,
      false,
    ])
    const { post } = await serving(press())
    for (const timestamp of [
      `${TIMESTAMP}junk`,
      `+${TIMESTAMP}`,
      `${TIMESTAMP}.9`,
      'NaN',
      '-1',
      '0x1',
      '1e9',
      String(NOW),
    ]) {
      expect(codeOf(await post(signedPress(pressEnvelope, { timestamp })))).toBe('timestamp-malformed')
    }
  })

  it('is held to both directions', async () => {
    const { post } = await serving(press())
    const sentAt = (ms: number) => post(signedPress(pressEnvelope, { timestamp: unixSeconds(NOW + ms) }))
    expect(codeOf(await sentAt(365 * 86_400_000))).toBe('timestamp-ahead')
    expect(codeOf(await sentAt(-301_000))).toBe('timestamp-stale')
  })

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'a tolerance of %d does not switch the check off',
    (toleranceMs) => {
      expect(() => receiving(press(), { toleranceMs })).toThrow(
        expect.objectContaining({ code: 'option-invalid' }),
      )
    },
  )
})

describe('pitfall 14: a repeated header that something is decided by', () => {
  const delivery = signedAdvanceAi(aaiCompleted)

  it.each(['aai-signature', 'aai-timestamp', 'aai-nonce'])('%s is refused', async (name) => {
    const { post, handled } = await serving(advanceAi())
    const value = String(delivery.headers[name])
    for (const values of [
      [value, value],
      ['x', value],
      [value, 'x'],
      [value, ''],
    ]) {
      const answer = await post(withHeaders(delivery, { [name]: values }))
      expect([answer.status, codeOf(answer)]).toEqual([400, 'header-repeated'])
    }
    expect(await handled()).toEqual([])
  })

  it('Content-Encoding, which Node joins, is refused', async () => {
    const { post } = await serving(advanceAi())
    const encoded = withHeaders(delivery, { 'Content-Encoding': ['identity', 'gzip'] })
    expect((await post(encoded)).status).toBe(400)
  })
})

describe('pitfall 15: unsigned headers decide nothing', () => {
  it('not the id, not the type', async () => {
    const { post, handled, log } = await serving(uip({ scheme: 'timestamped' }))
    const body = { event: 'session.completed', data: { session_id: 's' } }
    for (const name of ['session.failed', '__proto__', 'session.completed']) {
      const headers = { 'X-UIP-Event': name, 'X-UIP-Delivery-Id': `${name}:1` }
      expect((await post(signedUipSession(body, { headers }))).status).toBe(200)
    }
    expect(await handled()).toMatchObject([{ type: 'session.completed', subject: 's' }])
    expect(log.where({ level: 'warn', header: 'x-uip-delivery-id' })).toHaveLength(3)
  })

  const names = ['__proto__', 'constructor', 'error', 'toString', 'hasOwnProperty', 'onEvent']
  it.each(names)('an event named %s finds no handler but its own', async (event) => {
    const { post, handled } = await serving(uip(), { on: { identify: () => expect.unreachable() } })
    expect((await post(signedUip({ event, data: { audit_id: 'a' } }))).status).toBe(200)
    expect(await handled()).toMatchObject([{ type: event }])
    const seen: string[] = []
    const own = Object.fromEntries([[event, ({ type }: { type: string }) => void seen.push(type)]])
    const named = await serving(uip(), { on: own, onEvent: () => expect.unreachable() })
    await named.post(signedUip({ event, data: { audit_id: 'a' } }))
    await named.handled()
    expect(seen).toEqual([event])
  })
})

describe('pitfall 16: X-Forwarded-For', () => {
  const forwarded = { 'X-Forwarded-For': '192.0.2.1', Forwarded: 'for=192.0.2.1', 'X-Real-IP': '192.0.2.1' }

  it('is not believed when no proxy was named', async () => {
    const { post, rejected } = await serving(uip(), { allowedAddresses: ['192.0.2.1'] })
    const answer = await post(withHeaders(signedUip(uipIdentify), forwarded))
    expect([answer.status, codeOf(answer)]).toEqual([403, 'address-not-allowed'])
    expect(rejected).toMatchObject([{ remoteAddress: '127.0.0.1' }])
  })

  it('is believed of a proxy that was named, for what it saw itself', async () => {
    const options = { allowedAddresses: ['192.0.2.1'], trustedProxies: ['127.0.0.0/8'] }
    const { post } = await serving(uip(), options)
    expect((await post(withHeaders(signedUip(uipIdentify), forwarded))).status).toBe(200)
    const invented = withHeaders(signedUip(uipIdentify), { 'X-Forwarded-For': '192.0.2.1, 203.0.113.9' })
    expect((await post(invented)).status).toBe(403)
  })
})
