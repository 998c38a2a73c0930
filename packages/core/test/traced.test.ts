import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { press } from '../src/providers/press.ts'
import type { AttemptMessage } from '../src/traced-attempt.ts'
import type { DeliveryMessage } from '../src/traced-delivery.ts'
import { receiving } from './support/receiving.ts'
import { signedPress, withHeaders } from './support/signed.ts'
import { pressEnvelope } from './vectors/documented.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** Listens until the test ends. */
function on<Message>(channel: string, hear: (message: Message) => void = () => {}): Message[] {
  const heard: Message[] = []
  const listener = (message: unknown) => {
    heard.push(message as Message)
    hear(message as Message)
  }
  subscribe(`kyc-webhooks:${channel}`, listener)
  onTestFinished(() => void unsubscribe(`kyc-webhooks:${channel}`, listener))
  return heard
}

describe('a delivery is published', () => {
  it('at its start and at its end as one object, which tells what became of it', async () => {
    const started = on<DeliveryMessage>('delivery:start', ({ end }) => expect(end).toBeUndefined())
    const ended = on<DeliveryMessage>('delivery:end')
    const { receive, clock } = receiving(press())
    await receive(signedPress(pressEnvelope))
    await receive(signedPress(pressEnvelope, { secret: 'not the secret of PRESS' }))
    clock.now += 600_000
    await receive(signedPress({ ...pressEnvelope, id: 'late' }))
    expect(ended.map(({ end }) => end)).toMatchObject([
      { outcome: 'recorded', status: 200, quarantined: false, durationMs: expect.any(Number) },
      { outcome: 'signature-mismatch', status: 401, quarantined: false },
      { outcome: 'timestamp-stale', status: 401, quarantined: true },
    ])
    expect(ended).toEqual(started)
    expect(ended.every((message, index) => message === started[index])).toBe(true)
  })

  it('with its headers, each if it came once', async () => {
    const [message] = [on<DeliveryMessage>('delivery:start')]
    const { receive } = receiving(press())
    await receive(
      withHeaders(signedPress(pressEnvelope), { Traceparent: TRACEPARENT, Tracestate: ['a=1', 'b=2'] }),
    )
    expect(['traceparent', 'tracestate', 'baggage'].map((name) => message[0]?.header(name))).toEqual([
      TRACEPARENT,
      undefined,
      undefined,
    ])
  })

  it('and keeps where it is traced, for its handler and for whoever looks into the inbox', async () => {
    on<DeliveryMessage>('delivery:start', (message) => {
      message.traceparent = TRACEPARENT
    })
    const attempts = on<AttemptMessage>('attempt:start')
    const { receive, handled, inbox } = receiving(press())
    await receive(signedPress(pressEnvelope))
    await handled()
    expect(attempts).toMatchObject([
      {
        receiver: 'press',
        provider: 'press',
        type: 'ae.uaekyc.icp.immigration_entry.v1',
        attempt: 1,
        receivedIn: TRACEPARENT,
      },
    ])
    expect(await inbox.events()).toMatchObject([{ context: { traceparent: TRACEPARENT } }])
  })
})

describe('a run of a handler is published', () => {
  it('and runs where a subscriber has it run', async () => {
    const order: string[] = []
    on<AttemptMessage>('attempt:start', (message) => {
      message.around = async (call) => {
        order.push('before')
        await call()
        order.push('after')
      }
    })
    const ended = on<AttemptMessage>('attempt:end')
    const { receive, handled } = receiving(press(), { onEvent: () => void order.push('handler') })
    await receive(signedPress(pressEnvelope))
    await handled()
    expect(order).toEqual(['before', 'handler', 'after'])
    expect(ended).toMatchObject([{ end: { result: 'done' } }])
  })

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('Jane Doe')
      },
      'failed',
      'TypeError',
    ],
    ['rejects with nothing', () => Promise.reject(), 'failed', 'undefined'],
    ['hangs', () => new Promise(() => {}), 'cut-off', undefined],
  ])('once, also when it %s', async (_, onEvent, result, error) => {
    const ended = on<AttemptMessage>('attempt:end')
    const { receive, handled, inbox } = receiving(press(), {
      onEvent,
      handlerTimeoutMs: 20,
      retry: { attempts: 1 },
    })
    await receive(signedPress(pressEnvelope))
    await handled()
    expect(ended.map(({ end }) => [end?.result, end?.error])).toEqual([[result, error]])
    expect(await inbox.stats()).toMatchObject({ dead: 1 })
  })

  it('is not, where no handler is for its type', async () => {
    const started = on<AttemptMessage>('attempt:start')
    const { receive, handled } = receiving(press(), { onEvent: undefined, on: { other: () => {} } })
    await receive(signedPress(pressEnvelope))
    await handled()
    expect(started).toEqual([])
  })
})
