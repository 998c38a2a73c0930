import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { uipAudit } from '../../../src/providers/uip/uip-audit.ts'
import { asking, errorOf, event, facing, records } from './asking.ts'
import { API_KEY, auditServer, fail } from './audit-server.ts'

describe('an answer that is not the record', () => {
  it.each([
    ['an unknown id', 'audit_other', API_KEY, '404 resource/not-found'],
    ['another key', 'audit_signed', 'uip_live_other', '401 auth/revoked-api-key'],
  ])('is refused: %s', async (_, id, apiKey, detail) => {
    const { audit } = await asking({ apiKey })
    const error = await errorOf(audit.outcome(event(id)))
    expect(error.code).toBe('audit-refused')
    expect(error.message).toMatch(new RegExp(`: ${detail}$`))
  })

  it.each([
    [400, 'request/invalid-path', 'audit-refused'],
    [403, 'auth/unauthorized', 'audit-refused'],
    [408, 'request/timeout', 'audit-unavailable'],
    [429, 'request/rate-limited', 'audit-unavailable'],
    [500, 'internal/server-error', 'audit-unavailable'],
    [503, 'internal/server-error', 'audit-unavailable'],
  ])('has the status %d and the code of UIP: %s', async (status, code, expected) => {
    const { audit } = await facing((res) => fail(res, status, code))
    const error = await errorOf(audit.outcome(event('a')))
    expect(error.code).toBe(expected)
    expect(error.message).toMatch(new RegExp(`: ${status} ${code}$`))
  })

  it.each<[string, string]>([
    ['HTML', '<h1>John Doe</h1>'],
    ['nothing', ''],
    ['a code that is none', '{"code":"John Doe is not resource/not-found"}'],
    ['JSON of another form', '["John"]'],
  ])('need not be one of UIP: %s', async (_, body) => {
    const { audit } = await facing((res) => res.writeHead(502).end(body))
    const error = await errorOf(audit.outcome(event('a')))
    expect(error.code).toBe('audit-unavailable')
    expect(error.message).toMatch(/: 502$/)
  })

  it.each<[string, string]>([
    ['JSON that breaks off', '{"audit":{"signed_accepted":true,"signatoree_name":"John'],
    ['HTML', '<h1>John Doe</h1>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[{"audit":{"signed_accepted":true}}]'],
    ['a record that is none', '{"audit":"John"}'],
    ['JSON without end', '['.repeat(100_000)],
  ])('with the status 200 is none either: %s', async (_, body) => {
    const { audit } = await facing((res) => res.writeHead(200).end(body))
    expect(await errorOf(audit.outcome(event('a')))).toMatchObject({ code: 'audit-unavailable' })
  })

  it('leads nowhere else', async () => {
    const elsewhere = await auditServer(records)
    const location = `${elsewhere.baseUrl}/audit/audit_signed`
    const { audit } = await facing((res) => res.writeHead(302, { location }).end())
    expect(await errorOf(audit.outcome(event('a')))).toMatchObject({ code: 'audit-unavailable' })
    expect(elsewhere.asked).toEqual([])
  })
})

describe('no answer', () => {
  it.each<[string, (res: ServerResponse) => unknown]>([
    ['at all', () => {}],
    ['to its end', (res) => res.writeHead(200).write('{"audit":{')],
    ['to the end of an error', (res) => res.writeHead(500).write('{"error":"John Doe')],
  ])('in time: %s', async (_, instead) => {
    const { audit } = await facing(instead, { timeoutMs: 100 })
    const error = await errorOf(audit.outcome(event('a')))
    expect(error).toMatchObject({
      code: 'audit-unavailable',
      message: expect.stringMatching(/within 100 ms/),
    })
  })

  it('because the connection breaks', async () => {
    const { audit } = await facing((res) => res.socket?.destroy())
    expect(await errorOf(audit.outcome(event('a')))).toMatchObject({ code: 'audit-unavailable' })
  })

  it('because nobody is there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const audit = uipAudit({ apiKey: API_KEY, baseUrl: `http://127.0.0.1:${port}/v1` })
    const error = await errorOf(audit.outcome(event('a')))
    expect(error).toMatchObject({
      code: 'audit-unavailable',
      message: expect.stringMatching(/ECONNREFUSED$/),
    })
  })

  it('is waited for when the attempt is over: the signal’s own reason comes out', async () => {
    const { audit } = await facing(() => {})
    const attempt = new AbortController()
    const call = audit.outcome(event('a'), { signal: attempt.signal })
    const reason = new Error('the receiver is closing')
    attempt.abort(reason)
    expect(await errorOf(call)).toBe(reason)
    expect(await errorOf(audit.record('a', { signal: attempt.signal }))).toBe(reason)
  })
})
