import { describe, expect, it } from 'vitest'
import { ERRORS, type RejectionCode } from '../../src/errors.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { acceptedReply, rejectionReply } from '../../src/steps/reply.ts'

const codes = (kind: string) =>
  Object.entries(ERRORS)
    .filter(([, error]) => error.kind === kind)
    .map(([code]) => code as RejectionCode)
const refusals = codes('refusal')
const faults = codes('fault')
const half = () => 0.5
const reply = (code: RejectionCode, bodyUnread = false) => rejectionReply(code, { bodyUnread, random: half })

describe('the reply to what is safe', () => {
  it.each([
    [press(), 'application/json', '{"status":"accepted"}'],
    [uip(), 'text/plain; charset=utf-8', 'OK'],
    [advanceAi(), 'application/json', '{"status":"accepted"}'],
  ])('$name: exactly 200', (provider, contentType, body) => {
    expect(acceptedReply(provider.accepted)).toEqual({
      status: 200,
      headers: { 'content-type': contentType, 'content-length': String(body.length) },
      body,
    })
  })

  it('has its length in bytes', () => {
    const { headers } = acceptedReply({ status: 200, contentType: 'text/plain', body: 'é€😀' })
    expect(headers['content-length']).toBe('9')
  })
})

describe('the reply to what is rejected', () => {
  it.each([...refusals, ...faults])('%s: the code and its sentence, nothing else', (code) => {
    const { status, headers, body } = reply(code)
    const { status: expected, message } = ERRORS[code]
    expect(status).toBe(expected)
    expect(JSON.parse(body)).toEqual({ error: { code, message } })
    expect(headers['content-type']).toBe('application/json')
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)))
  })

  it.each(faults)('%s is a fault of ours: 5xx, or the provider never sends again', (code) => {
    expect(reply(code).status).toBeGreaterThanOrEqual(500)
  })

  it.each(refusals)('%s is a refusal: not 5xx, no redirect, and 2xx only for the conflict', (code) => {
    const { status } = reply(code)
    expect(status >= 400 && status < 500).toBe(code !== 'delivery-conflict')
    expect(status === 200).toBe(code === 'delivery-conflict')
  })

  it('405 says what is allowed', () => {
    expect(reply('method-not-allowed').headers.allow).toBe('POST')
  })

  it.each([
    [0, '1'],
    [0.5, '3'],
    [0.999_999, '5'],
  ])('503 says when to come back: between one and five seconds (%d: %s)', (random, seconds) => {
    const { headers } = rejectionReply('inbox-full', { bodyUnread: false, random: () => random })
    expect(headers['retry-after']).toBe(seconds)
  })

  it('only 503 does', () => {
    const others = [...refusals, ...faults].filter((code) => ERRORS[code].status !== 503)
    for (const code of others) expect(reply(code).headers).not.toHaveProperty('retry-after')
  })

  it('closes the connection when a body was left unread: its rest would be taken for the next delivery', () => {
    expect(reply('body-too-large', true).headers.connection).toBe('close')
    expect(reply('signature-mismatch', false).headers).not.toHaveProperty('connection')
  })
})
