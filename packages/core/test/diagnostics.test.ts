import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { STEPS, type Step, type StepMessage } from '../src/diagnostics.ts'
import { createInbox } from '../src/inbox/create-inbox.ts'
import { memoryEngine } from '../src/inbox/memory-engine.ts'
import { press } from '../src/providers/press.ts'
import { eventually } from './support/eventually.ts'
import { gatedEngine } from './support/gated-engine.ts'
import { receiving } from './support/receiving.ts'
import { signedPress, withHeaders } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

/** Listens to all steps until the test ends. */
function listening(): [Step, StepMessage][] {
  const heard: [Step, StepMessage][] = []
  for (const step of STEPS) {
    const listener = (message: unknown) => void heard.push([step, message as StepMessage])
    subscribe(`kyc-webhooks:${step}`, listener)
    onTestFinished(() => void unsubscribe(`kyc-webhooks:${step}`, listener))
  }
  return heard
}

const outcomes = (heard: [Step, StepMessage][]) => heard.map(([step, { outcome }]) => `${step} ${outcome}`)

describe('the steps of a delivery', () => {
  it('are published in order, with how long they took and nothing of what it holds', async () => {
    const heard = listening()
    const { receive, handled } = receiving(press(), { name: 'sandbox' })
    await receive(signedPress(pressEnvelope))
    await handled()
    expect(outcomes(heard)).toEqual([
      'admit ok',
      'read ok',
      'authenticate ok',
      'freshness ok',
      'parse ok',
      'identify ok',
      'record recorded',
      'reply recorded',
      'handle done',
    ])
    for (const [, message] of heard) {
      expect(message).toEqual({
        receiver: 'sandbox',
        provider: 'press',
        outcome: expect.any(String),
        durationMs: expect.any(Number),
      })
      expect(message.durationMs).toBeGreaterThanOrEqual(0)
    }
  })

  it('of a duplicate', async () => {
    const { receive } = receiving(press())
    await receive(signedPress(pressEnvelope))
    const heard = listening()
    await receive(signedPress(pressEnvelope))
    expect(outcomes(heard).slice(-2)).toEqual(['record duplicate', 'reply duplicate'])
  })

  it('end where it is refused', async () => {
    const heard = listening()
    const { receive } = receiving(press())
    await receive(withHeaders(signedPress(pressEnvelope), { 'X-Webhook-Signature': undefined }))
    await receive(signedPress(pressEnvelope, { secret: 'not the secret of PRESS' }))
    expect(outcomes(heard)).toEqual([
      'admit signature-missing',
      ...['admit ok', 'read ok', 'authenticate signature-mismatch'],
    ])
  })

  it('say at which step an authentic delivery left the way to the handler', async () => {
    const { receive, clock } = receiving(press())
    const heard = listening()
    await receive(signedPress('{}'))
    clock.now += 600_000
    await receive(signedPress(pressEnvelope))
    const way = (freshness: string, parse: string, code: string) => [
      ...[
        'admit ok',
        'read ok',
        'authenticate ok',
        `freshness ${freshness}`,
        `parse ${parse}`,
        'identify ok',
      ],
      ...['record quarantined', `reply ${code}`],
    ]
    expect(outcomes(heard)).toEqual([
      ...way('ok', 'body-unusable', 'body-unusable'),
      ...way('timestamp-stale', 'ok', 'timestamp-stale'),
    ])
  })

  it('end with the reply, also when the record lands later', async () => {
    const engine = gatedEngine()
    const { receive, handled } = receiving(press(), { inbox: createInbox(engine), budgetMs: 20 })
    const heard = listening()
    await receive(signedPress(pressEnvelope))
    expect(outcomes(heard).at(-1)).toBe('record budget-exceeded')
    engine.letThrough()
    await handled()
    expect(outcomes(heard).slice(-2)).toEqual(['record budget-exceeded', 'handle done'])
  })

  it('tell of each attempt of a handler', async () => {
    const heard = listening()
    const { receive, inbox } = receiving(press(), {
      inbox: createInbox(memoryEngine()),
      now: Date.now,
      retry: { attempts: 2, firstDelayMs: 0 },
      onEvent: () => Promise.reject(new Error('no')),
    })
    await receive(signedPress(pressEnvelope, { timestamp: String(Math.floor(Date.now() / 1_000)) }))
    await eventually(async () => (await inbox.stats()).dead).toBe(1)
    expect(outcomes(heard.filter(([step]) => step === 'handle'))).toEqual(['handle retry', 'handle dead'])
  })
})
