import { describe, expect, it } from 'vitest'
import { memoryInbox } from '../../src/memory-inbox.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { createReceiver } from '../../src/receiver.ts'

const misspelt = <T>(value: string) => value as T

describe('an option that is misspelt is refused, not taken for its default', () => {
  it.each([
    ['secretForm', () => press({ secretForm: misspelt('prefix-stripped') })],
    ['scheme', () => uip({ scheme: misspelt('timestamp') })],
    ['algorithm', () => advanceAi({ algorithm: misspelt('SHA-512') })],
    ['strictNonce', () => advanceAi({ strictNonce: misspelt('no') })],
  ])('%s', (option, make) => {
    expect(make).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining(option) }),
    )
  })

  it.each([
    ['inbox', { inbox: './kyc-webhooks.db' }],
    ['logger', { logger: true }],
    ['trustedProxies', { trustedProxies: true }],
    ['allowedAddresses', { allowedAddresses: '192.0.2.1' }],
    ['retry', { retry: { attemps: 1 } }],
  ])('%s', (option, wrong) => {
    const options = { secret: 'whsec_0123456789abcdef', onEvent: () => {}, inbox: memoryInbox(), ...wrong }
    expect(() => createReceiver(press(), misspelt<never>(options as never))).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.stringContaining(option) }),
    )
  })
})
