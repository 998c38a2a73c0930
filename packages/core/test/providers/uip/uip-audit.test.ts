import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { type UipAuditOptions, uipAudit } from '../../../src/providers/uip/uip-audit.ts'
import { uip } from '../../../src/providers/uip.ts'
import { configurationError } from '../../support/configuration-error.ts'
import { receiving } from '../../support/receiving.ts'
import { signedUip } from '../../support/signed.ts'
import { uipMessage } from '../../vectors/documented.ts'
import { asking, errorOf, event, facing } from './asking.ts'
import { API_KEY, documentedRecord, fail, json } from './audit-server.ts'

describe('outcome', () => {
  it('is what the record says: signed or declined', async () => {
    const { audit, asked } = await asking()
    expect(await audit.outcome(event('audit_signed'))).toBe('signed')
    expect(await audit.outcome(event('audit_declined'))).toBe('declined')
    expect(asked).toEqual([
      { method: 'GET', url: '/v1/audit/audit_signed', authorization: `Bearer ${API_KEY}` },
      { method: 'GET', url: '/v1/audit/audit_declined', authorization: `Bearer ${API_KEY}` },
    ])
  })

  it('is had by a handler, again and again until it is there', async () => {
    let isDown = true
    const { audit } = await facing((res) =>
      isDown ? fail(res, 503, 'internal/unavailable') : json(res, 200, { audit: documentedRecord }),
    )
    const outcomes: string[] = []
    const { receive, log } = receiving(uip(), {
      retry: { firstDelayMs: 0 },
      now: Date.now,
      onEvent: async (event, { signal }) => {
        if (event.type !== 'message') return
        const outcome = await audit.outcome(event, { signal }).finally(() => {
          isDown = false
        })
        outcomes.push(outcome)
      },
    })
    await receive(signedUip(uipMessage))
    await vi.waitFor(() => expect(outcomes).toEqual(['signed']))
    expect(log.where({ level: 'warn', error: 'audit-unavailable' })).toHaveLength(1)
  })

  it.each([
    ['missing', {}],
    ['null', { signed_accepted: null }],
    ['text', { signed_accepted: 'true' }],
    ['a number', { signed_accepted: 1 }],
  ])('is not guessed from a record whose signed_accepted is %s', async (_, audit) => {
    const { audit: client } = await facing((res) => json(res, 200, { audit, attachments: [] }))
    const error = await errorOf(client.outcome(event('a')))
    expect(error).toMatchObject({
      code: 'audit-unavailable',
      message: expect.stringMatching(/signed_accepted/),
    })
  })
})

describe('record', () => {
  it('is the whole record, as it came', async () => {
    const { audit } = await asking()
    expect(await audit.record('audit_signed')).toEqual(documentedRecord)
  })

  it('is asked for by an id that can lead nowhere else', async () => {
    const { audit, asked } = await asking()
    expect(await audit.record('audit/odd ?#%')).toEqual(documentedRecord)
    expect(asked).toMatchObject([{ url: '/v1/audit/audit%2Fodd%20%3F%23%25' }])
    for (const id of ['', '.', '..', '\ud800', undefined, 7, {}])
      expect(await errorOf(audit.record(id as string))).toMatchObject({ code: 'audit-refused' })
    expect(asked).toHaveLength(1)
  })

  it('may have attachments of some size, and not of any', async () => {
    const content = 'JVBERi0xLjQK'.repeat(100_000)
    const answer = { audit: documentedRecord, attachments: [{ content }] }
    const roomy = await facing((res) => json(res, 200, answer))
    expect(await roomy.audit.outcome(event('a'))).toBe('signed')
    const narrow = await facing((res) => json(res, 200, answer), { maxBytes: 1_000_000 })
    const error = await errorOf(narrow.audit.outcome(event('a')))
    expect(error).toMatchObject({
      code: 'audit-unavailable',
      message: expect.stringMatching(/1000000 bytes/),
    })
  })
})

describe('uipAudit', () => {
  it.each<[string, Partial<UipAuditOptions>, string]>([
    ['no key', { apiKey: undefined }, 'secret-missing'],
    ['an empty key', { apiKey: '' }, 'secret-missing'],
    ['a key with a trailing newline', { apiKey: `${API_KEY}\n` }, 'secret-malformed'],
    ['a key that is no header', { apiKey: `${API_KEY}é` }, 'secret-malformed'],
    ['no time', { timeoutMs: 0 }, 'option-invalid'],
    ['time without end', { timeoutMs: Number.POSITIVE_INFINITY }, 'option-invalid'],
    ['no room', { maxBytes: 0 }, 'option-invalid'],
    ['an address without TLS', { baseUrl: 'http://api.uip.digital/v1' }, 'option-invalid'],
    ['an address that is none', { baseUrl: 'api.uip.digital' }, 'option-invalid'],
    ['another protocol', { baseUrl: 'ftp://localhost/v1' }, 'option-invalid'],
    ['a password in the address', { baseUrl: 'https://u:p@api.uip.digital/v1' }, 'option-invalid'],
    ['a query in the address', { baseUrl: 'https://api.uip.digital/v1?x=1' }, 'option-invalid'],
  ])('refuses %s', (_, options, code) => {
    const error = configurationError(() => uipAudit({ apiKey: API_KEY, ...options }))
    expect(error.code).toBe(code)
    expect(inspect(error)).not.toContain(API_KEY)
  })

  it('does not show its key', () => {
    const audit = uipAudit({ apiKey: API_KEY })
    expect(inspect(audit, { depth: 10, showHidden: true }) + JSON.stringify(audit)).not.toContain(API_KEY)
  })
})
