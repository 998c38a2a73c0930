import { describe, expect, it } from 'vitest'
import type { Normalised } from '../../src/provider.ts'
import { identify } from '../../src/steps/identify.ts'
import { part, received } from '../support/received.ts'

describe('the context', () => {
  const contextOf = (headers: Record<string, string>, over: Partial<Normalised> = {}) =>
    identify({ ...received, headers }, 'fresh', [{ ...part, ...over }])[0]?.context

  it('has what the unsigned headers say', () => {
    const headers = { 'x-webhook-delivery-attempt': '2', 'x-webhook-subscription-id': 'sub_a1b2c3d4e5' }
    expect(contextOf(headers)).toMatchObject({ id: 'd-1', attempt: 2, subscriptionId: 'sub_a1b2c3d4e5' })
  })

  it.each(['abc', '-1', '1.5', '1e3', '99999999999999999999', '', ' 2'])(
    'an attempt of %j is none',
    (attempt) => {
      expect(contextOf({ 'x-webhook-delivery-attempt': attempt })).not.toHaveProperty('attempt')
    },
  )

  it('prefers the subscription of the signed body', () => {
    const headers = { 'x-webhook-subscription-id': 'header' }
    expect(contextOf(headers, { subscriptionId: 'body' })?.subscriptionId).toBe('body')
  })

  it('never takes the id from a header', () => {
    expect(contextOf({ 'x-webhook-id': 'header' })?.id).toBe('d-1')
  })
})
