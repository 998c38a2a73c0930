import { describe, expect, it } from 'vitest'
import { type Normalised, Unusable } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { identify, type Received } from '../../src/steps/identify.ts'
import { part, received } from '../support/received.ts'
import { NOW } from '../support/signed.ts'

const DAY = 86_400_000
const { body } = received
const [event] = part.events
/** SHA-256 of `{"a":1}`, by `sha256sum`. */
const BODY_SHA256 = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862'

const keysOf = (over: Partial<Received>, ...parts: Normalised[]) =>
  identify({ ...received, ...over }, 'fresh', parts).map(({ key }) => key)

describe('a fresh delivery', () => {
  it('becomes a receipt for each part', () => {
    expect(identify(received, 'fresh', [part])).toEqual([
      {
        receiver: 'press',
        // The first 16 bytes of the SHA-256 of `["press","d-1"]`, by `sha256sum`.
        key: 'c514eedf3069b7a8169c3d088ff1cdbd',
        digest: BODY_SHA256,
        keyExpiresAt: NOW + 7 * DAY,
        receivedAt: NOW,
        body,
        headers: {},
        context: { id: 'd-1', receivedAt: '2026-03-30T12:45:00.000Z' },
        events: [{ type: 'happened', json: JSON.stringify(event), unsigned: [], subject: '' }],
      },
    ])
  })

  it('that is a batch keeps with each part its own bytes: the others may be about other persons', () => {
    const parts = ['a', 'b', 'c'].map((id) => ({ ...part, id, content: `{"id":"${id}"}` }))
    const bodies = identify(received, 'fresh', parts).map((receipt) => Buffer.from(receipt.body).toString())
    expect(bodies).toEqual(['{"id":"a"}', '{"id":"b"}', '{"id":"c"}'])
  })

  it('is not de-duplicated without an id', () => {
    const [receipt] = identify(received, 'fresh', [{ ...part, id: undefined }])
    expect(receipt?.key).toBeUndefined()
    expect(receipt?.context).toEqual({ receivedAt: '2026-03-30T12:45:00.000Z' })
  })

  it('has the key of its id and receiver, whatever else it holds', () => {
    const [key] = keysOf({}, part)
    const others = [{ body: Buffer.from('other') }, { receivedAt: 0 }, { headers: { 'x-webhook-id': 'd-2' } }]
    for (const other of others) expect(keysOf(other, part)).toEqual([key])
    expect(keysOf({}, { ...part, id: 'd-2' })).not.toEqual([key])
    expect(keysOf({ receiver: 'sandbox' }, part)).not.toEqual([key])
  })

  it('has no key in common with another id, however they are written', () => {
    const ids = [
      'a',
      'A',
      ' a',
      'a ',
      'a\0',
      '\ud800',
      '\udbff',
      '\ufffd',
      'á',
      'a\u0301',
      '__proto__',
      "'; drop table seen; --",
      '../../a',
    ]
    const keys = keysOf({}, ...ids.map((id) => ({ ...part, id })))
    expect(new Set(keys).size).toBe(ids.length)
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
  })

  it('of several parts tells each by its own content', () => {
    const [a, b] = identify(received, 'fresh', [
      { ...part, content: 'one' },
      { ...part, id: 'd-2', content: 'two' },
    ])
    expect(a?.digest).not.toBe(b?.digest)
  })

  it('of a batch with one part keeps the bytes as they came', () => {
    expect(identify(received, 'fresh', [{ ...part, content: 'one' }])[0]?.body).toBe(body)
  })

  it('says which attributes of its events are unsigned', () => {
    const [receipt] = identify(received, 'fresh', [{ ...part, unsigned: ['type'] }])
    expect(receipt?.events[0]?.unsigned).toEqual(['type'])
  })
})

describe('the nonce', () => {
  const withNonce = (nonce: string, over: Partial<Received> = {}) =>
    identify(
      {
        ...received,
        provider: advanceAi(),
        credentials: { signatures: [], timestamp: NOW / 1_000, nonce },
        ...over,
      },
      'fresh',
      [part],
    )[0]?.nonce

  it('is remembered for as long as its timestamp could pass, were it ahead, and a minute', () => {
    expect(withNonce('n')).toMatchObject({ expiresAt: NOW + 2 * 300_000 + 60_000, strict: false })
    expect(withNonce('n', { toleranceMs: 1_000 })?.expiresAt).toBe(NOW + 62_000)
  })

  it('is told apart by every character and by receiver', () => {
    const keys = [withNonce('n'), withNonce('N'), withNonce('n='), withNonce('n', { receiver: 'sandbox' })]
    expect(new Set(keys.map((nonce) => nonce?.key)).size).toBe(keys.length)
  })

  it('is strict when the provider says so', () => {
    const provider = advanceAi({ strictNonce: true })
    expect(withNonce('n', { provider })?.strict).toBe(true)
  })

  it('is not there when a quarantined delivery is driven again', () => {
    expect(withNonce('n', { credentials: undefined })).toBeUndefined()
  })
})

describe('what goes to quarantine', () => {
  it('unusable: no key, no events, the reason', () => {
    expect(identify(received, 'fresh', new Unusable('no', 'body-not-json'))).toEqual([
      expect.objectContaining({
        key: undefined,
        digest: BODY_SHA256,
        events: [],
        quarantine: 'body-not-json',
      }),
    ])
  })

  it('unusable goes before stale: the body is what has to be looked at', () => {
    const [receipt] = identify(received, 'timestamp-stale', new Unusable('no'))
    expect(receipt?.quarantine).toBe('body-unusable')
  })

  it.each(['timestamp-stale', 'timestamp-ahead'] as const)(
    '%s: with its key, so that a known one is known',
    (reason) => {
      const [fresh] = identify(received, 'fresh', [part])
      const [stale] = identify(received, reason, [part])
      expect(stale).toEqual({ ...fresh, events: [], quarantine: reason })
    },
  )

  it('a stale part of a batch has the digest that it has when it is fresh', () => {
    const element = { ...part, content: 'one' }
    const [fresh] = identify(received, 'fresh', [element])
    const [stale] = identify(received, 'timestamp-stale', [element])
    expect(stale?.digest).toBe(fresh?.digest)
  })

  it('of a batch has all of its bytes in the first part', () => {
    const parts = ['one', 'two'].map((content) => ({ ...part, id: content, content }))
    const receipts = identify(received, 'timestamp-stale', parts)
    expect(receipts.map((receipt) => receipt.body)).toEqual([body, Buffer.from('two')])
  })

  it('uses up no nonce', () => {
    const credentials = { signatures: [], timestamp: 0, nonce: 'n' }
    const provider = advanceAi()
    for (const outcome of [[part], new Unusable('no')]) {
      const [receipt] = identify({ ...received, provider, credentials }, 'timestamp-stale', outcome)
      expect(receipt).not.toHaveProperty('nonce')
    }
  })
})
