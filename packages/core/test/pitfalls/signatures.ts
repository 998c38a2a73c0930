import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { codeOf, receiving } from '../support/receiving.ts'
import { serving } from '../support/serving.ts'
import { SECRETS, signedAdvanceAi, signedPress, signedUip, withHeaders } from '../support/signed.ts'
import { aaiCompleted, pressEnvelope, uipIdentify, uipTest } from '../vectors/documented.ts'

describe('pitfall 8: a secret that is none', () => {
  it.each(['', ' ', 'whsec_', `${SECRETS.press} `, `\t${SECRETS.press}`, 'whsec_short', undefined])(
    '%j is refused at the start, also as one of two and from a function',
    async (secret) => {
      // The trap: an HMAC takes any key, also none.
      expect(createHmac('sha256', '').update('x').digest()).toHaveLength(32)
      const refusal = expect.objectContaining({
        code: expect.stringMatching(/^secret-(missing|malformed|too-short)$/),
      })
      expect(() => receiving(press(), { secret })).toThrow(refusal)
      expect(() => receiving(press(), { secret: [SECRETS.press, String(secret ?? '')] })).toThrow(refusal)
      const { receiver, receive } = receiving(press(), { secret: () => String(secret ?? '') })
      await expect(receiver.ready).rejects.toEqual(refusal)
      expect((await receive(signedPress(pressEnvelope, { secret: '' }))).status).toBe(503)
    },
  )
})

it('pitfall 9: a signature of another length is 401, never a throw', async () => {
  // The trap: that is what comparing does with it.
  expect(() => timingSafeEqual(Buffer.from('ab', 'hex'), Buffer.alloc(32))).toThrow(RangeError)
  const { post } = await serving(press())
  for (const signature of ['', 'ab', 'not hex', 'z'.repeat(64), `${'a'.repeat(63)}\xe9`, 'a'.repeat(128)]) {
    const answer = await post(withHeaders(signedPress(pressEnvelope), { 'X-Webhook-Signature': signature }))
    expect([signature, answer.status]).toEqual([signature, 401])
  }
})

it('pitfall 10: a right signature with something added or left out is refused', async () => {
  const aai = await serving(advanceAi())
  const { post } = await serving(press())
  const base64 = String(signedAdvanceAi(aaiCompleted).headers['aai-signature'])
  const hex = String(signedPress(pressEnvelope).headers['X-Webhook-Signature'])
  // The trap: Node reads the same bytes from all of them.
  expect(Buffer.from(`${hex}zz`, 'hex')).toEqual(Buffer.from(hex, 'hex'))
  for (const signature of [`${hex}zz`, `${hex}0`, `sha256=${hex}zz`]) {
    const answer = await post(withHeaders(signedPress(pressEnvelope), { 'X-Webhook-Signature': signature }))
    expect(codeOf(answer)).toBe('signature-malformed')
  }
  expect(Buffer.from(base64.replace('=', ''), 'base64')).toEqual(Buffer.from(base64, 'base64'))
  for (const signature of [
    base64.replace('=', ''),
    `${base64}!`,
    base64.replace('/', '_').replace('+', '-').slice(0, -1),
  ]) {
    const answer = await aai.post(withHeaders(signedAdvanceAi(aaiCompleted), { 'aai-signature': signature }))
    expect(codeOf(answer)).toBe('signature-malformed')
  }
})

it('pitfall 11: what is sent chooses neither the algorithm nor the key', async () => {
  const { post } = await serving(advanceAi())
  const body = { ...aaiCompleted, algorithm: 'sha512', alg: 'none', kid: '' }
  const headers = { 'aai-algorithm': 'sha512', 'aai-signature-type': 'HmacSHA512' }
  for (const delivery of [
    signedAdvanceAi(body, { algorithm: 'sha512', headers }),
    signedAdvanceAi(body, { secret: Buffer.from(SECRETS['advance-ai']).toString('base64') }),
  ]) {
    expect((await post(delivery)).status).toBe(401)
  }
  // How signatures are compared is the business of reliability/constant-time.test.ts.
})

describe('pitfall 12: a way around verification', () => {
  afterEach(() => void vi.unstubAllEnvs())
  const bare = (body: string | object) => ({
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  })

  it.each(['development', 'test', 'production', ''])(
    'there is none when NODE_ENV is %j',
    async (environment) => {
      vi.stubEnv('NODE_ENV', environment)
      const { post, handled } = await serving(uip())
      for (const body of [
        'ssl_check=1',
        'challenge=x',
        '{"type":"url_verification"}',
        uipTest,
        uipIdentify,
      ]) {
        expect((await post(bare(body))).status).toBe(401)
      }
      expect(await handled()).toEqual([])
    },
  )

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('there is none by %s', async (method) => {
    const { post, handled } = await serving(uip())
    const handshake = {
      'WebHook-Request-Origin': 'evil.example',
      'WebHook-Request-Callback': 'http://evil.example/',
    }
    const answer = await post(withHeaders(signedUip(uipIdentify), handshake), method)
    expect(answer.status).toBe(405)
    expect(answer.headers).not.toHaveProperty('webhook-allowed-origin')
    expect(await handled()).toEqual([])
  })

  it('there is none in an option', () => {
    for (const secret of [undefined, null, false, []] as unknown as string[]) {
      expect(() => receiving(uip(), { secret })).toThrow(expect.objectContaining({ code: 'secret-missing' }))
    }
  })
})
