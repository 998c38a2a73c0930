/** Stimuli 145 and 149: what is looked at, and what ends up in a log. The numbers are those of the reliability catalogue. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { KycWebhookError } from '../../src/errors.ts'
import type { Provider } from '../../src/provider.ts'
import { advanceAi } from '../../src/providers/advance-ai.ts'
import { press } from '../../src/providers/press.ts'
import { uip } from '../../src/providers/uip.ts'
import { expectNothingPlanted, planted } from '../support/planted.ts'
import { receiving } from '../support/receiving.ts'
import { type Delivery, SECRETS, signedAdvanceAi, signedPress, signedUip } from '../support/signed.ts'
import { aaiCompleted, pressEnvelope } from '../vectors/documented.ts'

describe('145: nothing that is looked at or written out shows', () => {
  it('the secrets of a receiver', () => {
    const { receiver } = receiving(press())
    expectNothingPlanted([
      inspect(receiver, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      JSON.stringify(receiver),
      String(receiver),
      Object.entries(receiver),
    ])
  })

  it.each([
    ['padded', `${SECRETS.press}\n`],
    ['in a list', [SECRETS.press, '']],
    ['no Base64', `${SECRETS['advance-ai']}!`],
    ['in an object', { secret: SECRETS.press }],
  ])('a secret that was refused: %s', (_, secret) => {
    try {
      receiving(advanceAi(), { secret: secret as string })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(KycWebhookError)
      expectNothingPlanted([
        error,
        inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
        JSON.stringify(error),
        JSON.stringify(error, Object.getOwnPropertyNames(error)),
      ])
    }
  })

  it('more of an error than its code and name, as JSON', () => {
    const error = new KycWebhookError('inbox-unavailable', 'it is closed', {
      cause: new Error(planted.email),
    })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ name: 'KycWebhookError', code: 'inbox-unavailable' })
  })
})

describe('149: what comes from outside cannot write log lines of its own', () => {
  const hostile = 'x\r\n{"level":"info","msg":"forged"}\x1b[31m\u2028\u202e\x00'

  it.each([
    ['an id', press(), signedPress({ ...pressEnvelope, id: hostile })],
    ['a type without a handler', uip(), signedUip({ event: hostile, data: {} })],
    ['an id in a conflict', advanceAi(), signedAdvanceAi({ ...aaiCompleted, eventId: hostile })],
    ['an unsigned id', press(), signedPress(pressEnvelope, { headers: { 'X-Webhook-Id': hostile } })],
  ] as [string, Provider, Delivery][])('%s', async (_, provider, delivery) => {
    const { receive, handled, log, rejected } = receiving(provider, {
      onEvent: undefined,
      on: { other: () => {} },
    })
    await receive(delivery)
    await receive(delivery)
    await handled()
    for (const value of [...log.lines, ...rejected].flatMap((line) => Object.values(line))) {
      if (typeof value === 'string') expect(value).toMatch(/^[\x20-\x7e]*$/)
    }
  })
})
