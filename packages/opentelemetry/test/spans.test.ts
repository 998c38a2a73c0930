import type { Handler, PressEvent } from '@kyc-webhooks/core'
import { context, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { PERSON, SECRET, serving } from './support/serving.ts'
import { telemetry } from './support/telemetry.ts'

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`
const announced = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** One delivery, and the spans of its receipt and of its handling. */
async function traced(
  how: { event?: object; headers?: Record<string, string>; onEvent?: Handler<PressEvent> } = {},
) {
  const { spans } = telemetry()
  const { post, idle } = await serving({ onEvent: how.onEvent ?? (() => {}) })
  expect(await post(how.event, { headers: how.headers ?? {} })).toBe(200)
  await idle()
  return { received: spans('receive press'), handled: spans('handle press') }
}

describe('the spans of a delivery', () => {
  it('are one for its receipt and one for the handler, which links to the first', async () => {
    const { received, handled } = await traced()
    expect(received).toMatchObject([
      {
        kind: 1,
        attributes: {
          'kyc_webhooks.receiver': 'press',
          'kyc_webhooks.provider': 'press',
          'kyc_webhooks.outcome': 'accepted',
          'kyc_webhooks.reason': 'recorded',
          'http.response.status_code': 200,
        },
        status: { code: 0 },
      },
    ])
    expect(handled).toMatchObject([
      {
        kind: 4,
        attributes: {
          'kyc_webhooks.receiver': 'press',
          'cloudevents.event_type': 'ae.uaekyc.icp.immigration_entry.v1',
          'kyc_webhooks.attempt': 1,
          'kyc_webhooks.result': 'done',
        },
        links: [{ attributes: { 'kyc_webhooks.link': 'receive' } }],
      },
    ])
    const { traceId, spanId } = received[0]?.spanContext() ?? {}
    expect(handled[0]?.links[0]?.context).toMatchObject({ traceId, spanId, isRemote: true })
    expect(handled[0]?.spanContext().traceId).not.toBe(traceId)
    expect(handled[0]?.parentSpanContext).toBeUndefined()
  })

  it('name a type that is listed, and no other: what a body says is not theirs to tell', async () => {
    const { handled } = await traced({ event: { type: 'of anna@example.org' } })
    expect(handled).toMatchObject([{ attributes: { 'cloudevents.event_type': 'other' } }])
    expect(JSON.stringify(handled[0]?.attributes)).not.toContain('anna')
  })

  it('go on from the caller’s, as its header tells', async () => {
    const { received } = await traced({ headers: { traceparent } })
    expect(received[0]?.parentSpanContext).toMatchObject(CALLER)
    expect(received[0]?.spanContext().traceId).toBe(CALLER.traceId)
  })

  it('go on from the server’s where that is traced, whatever the header tells', async () => {
    const { spans, tracerProvider } = telemetry()
    const server = tracerProvider.getTracer('http').startSpan('POST')
    const { post } = await serving({}, (call) => context.with(trace.setSpan(context.active(), server), call))
    expect(await post({}, { headers: { traceparent } })).toBe(200)
    expect(spans('receive press')).toMatchObject([{ kind: 0, parentSpanContext: server.spanContext() }])
  })

  it.each([
    '',
    'x',
    `${traceparent.slice(0, -3)}`,
    `00-${'0'.repeat(32)}-${CALLER.spanId}-01`,
    `ff${traceparent.slice(2)}`,
  ])('take %j for no caller and no announcement', async (broken) => {
    const { received, handled } = await traced({
      event: { traceparent: broken },
      headers: { traceparent: broken },
    })
    expect(received[0]?.parentSpanContext).toBeUndefined()
    expect(handled[0]?.links).toHaveLength(1)
  })

  it('link to what the event itself names, which is signed', async () => {
    const { received, handled } = await traced({ event: { traceparent: announced } })
    expect(received[0]?.spanContext().traceId).not.toContain('0af7')
    expect(handled[0]?.links).toMatchObject([
      { attributes: { 'kyc_webhooks.link': 'receive' } },
      {
        attributes: { 'kyc_webhooks.link': 'event' },
        context: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
      },
    ])
  })

  it('hold what the handler calls', async () => {
    const { spans, tracerProvider } = telemetry()
    const tracer = tracerProvider.getTracer('application')
    const { post, idle } = await serving({
      async onEvent() {
        await new Promise((resolve) => setTimeout(resolve, 1))
        tracer.startSpan('INSERT').end()
      },
    })
    await post()
    await idle()
    expect(spans('INSERT')[0]?.parentSpanContext?.spanId).toBe(spans('handle press')[0]?.spanContext().spanId)
  })

  it('of a handler that fails tell the name of its error, and each attempt has one', async () => {
    const { spans } = telemetry()
    let attempts = 0
    const { post, idle } = await serving({
      retry: { firstDelayMs: 0 },
      onEvent() {
        if (++attempts < 2) throw new TypeError(`no ${PERSON}`)
      },
    })
    await post()
    await idle()
    expect(spans('handle press')).toMatchObject([
      {
        status: { code: 2, message: 'TypeError' },
        attributes: { 'kyc_webhooks.attempt': 1, 'error.type': 'TypeError' },
      },
      { status: { code: 0 }, attributes: { 'kyc_webhooks.attempt': 2 } },
    ])
  })

  it('of a handler that hangs end when it is cut off', async () => {
    const { spans } = telemetry()
    const { post, idle } = await serving({
      handlerTimeoutMs: 20,
      retry: { attempts: 1 },
      onEvent: () => new Promise(() => {}),
    })
    await post()
    await idle()
    expect(spans('handle press')).toMatchObject([
      { attributes: { 'kyc_webhooks.result': 'cut-off' }, status: { code: 2 } },
    ])
  })

  it('of a refusal are no error, of a fault they are', async () => {
    const { spans } = telemetry()
    const refusing = await serving()
    expect(await refusing.post({}, { secret: 'whsec_the-secret-of-nobody' })).toBe(401)
    const failing = await serving({ name: 'failing', secret: () => Promise.reject(new Error('down')) })
    expect(await failing.post()).toBe(503)
    expect(spans('receive press')).toMatchObject([
      {
        status: { code: 0 },
        attributes: { 'kyc_webhooks.outcome': 'refused', 'kyc_webhooks.reason': 'signature-mismatch' },
      },
    ])
    expect(spans('receive failing')).toMatchObject([
      { status: { code: 2, message: 'secret-unavailable' }, attributes: { 'kyc_webhooks.outcome': 'fault' } },
    ])
  })

  it('have nothing of the person, the ids or the secret', async () => {
    const { received, handled } = await traced({ event: { id: 'evt-of-a-person' } })
    const text = JSON.stringify(
      [...received, ...handled].map(({ name, attributes, events, links, status }) => [
        name,
        attributes,
        events,
        links,
        status,
      ]),
    )
    for (const word of [PERSON, SECRET, 'evt-of-a-person']) expect(text).not.toContain(word)
  })

  it('are no more once it is closed', async () => {
    const { spans, close } = telemetry()
    const { post, idle } = await serving()
    close()
    await post()
    await idle()
    expect([...spans('receive press'), ...spans('handle press')]).toEqual([])
  })
})
