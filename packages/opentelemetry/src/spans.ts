import type { AttemptMessage, DeliveryMessage } from '@kyc-webhooks/core'
import {
  type Context,
  context,
  isSpanContextValid,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { outcomeOf } from './delivery-metrics.ts'
import { typeLabels } from './event-types.ts'
import { all, listen } from './listen.ts'
import { spanContextOf, traceparentOf } from './trace-context.ts'

/**
 * A span for each delivery and one for each run of a handler. They are linked and not parent and child: hours may lie between
 * them, and one delivery may bring many events.
 */
export function spans(tracer: Tracer, eventTypes: readonly string[]): () => void {
  const labelOf = typeLabels(eventTypes)
  const open = new WeakMap<DeliveryMessage | AttemptMessage, Span>()
  return all(
    listen<DeliveryMessage>('delivery:start', (message) => {
      const span = startDelivery(tracer, message)
      open.set(message, span)
      const spanContext = span.spanContext()
      if (isSpanContextValid(spanContext)) message.traceparent = traceparentOf(spanContext)
    }),
    listen<DeliveryMessage>('delivery:end', (message) => endDelivery(open.get(message), message)),
    listen<AttemptMessage>('attempt:start', (message) => {
      const span = startAttempt(tracer, message, labelOf)
      open.set(message, span)
      // What the handler calls becomes part of its span.
      message.around = (call) => context.with(trace.setSpan(context.active(), span), call)
    }),
    listen<AttemptMessage>('attempt:end', (message) => endAttempt(open.get(message), message)),
  )
}

function startDelivery(tracer: Tracer, message: DeliveryMessage): Span {
  const { receiver, provider } = message
  const within = trace.getSpan(context.active()) !== undefined
  const attributes = { 'kyc_webhooks.receiver': receiver, 'kyc_webhooks.provider': provider }
  // The span of the HTTP server, if one is traced; else the caller's, as a server's span would have it.
  const parent = within ? context.active() : callers(message)
  return tracer.startSpan(
    `receive ${receiver}`,
    { kind: within ? SpanKind.INTERNAL : SpanKind.SERVER, attributes },
    parent,
  )
}

const callers = (message: DeliveryMessage): Context => propagation.extract(context.active(), message, headers)

const headers: TextMapGetter<DeliveryMessage> = {
  keys: () => [],
  get: ({ header }, name) => header(name.toLowerCase()),
}

function endDelivery(span: Span | undefined, { end }: DeliveryMessage): void {
  if (span === undefined || end === undefined) return
  span.setAttributes({
    'kyc_webhooks.outcome': outcomeOf(end),
    'kyc_webhooks.reason': end.outcome,
    'http.response.status_code': end.status,
  })
  // A refusal is the sender's error, not ours.
  if (end.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: end.outcome })
  span.end()
}

function startAttempt(tracer: Tracer, message: AttemptMessage, labelOf: (type: string) => string): Span {
  const { receiver, provider, type, attempt } = message
  const attributes = {
    'kyc_webhooks.receiver': receiver,
    'kyc_webhooks.provider': provider,
    // One that nobody listed may be anything that a body says.
    'cloudevents.event_type': labelOf(type),
    'kyc_webhooks.attempt': attempt,
  }
  const links = [linkTo(message.receivedIn, 'receive'), linkTo(message.announcedIn, 'event')].flat()
  return tracer.startSpan(`handle ${receiver}`, { kind: SpanKind.CONSUMER, attributes, links, root: true })
}

function linkTo(traceparent: string | undefined, to: string): Link[] {
  const linked = spanContextOf(traceparent)
  return linked === undefined ? [] : [{ context: linked, attributes: { 'kyc_webhooks.link': to } }]
}

function endAttempt(span: Span | undefined, { end }: AttemptMessage): void {
  if (span === undefined || end === undefined) return
  span.setAttribute('kyc_webhooks.result', end.result)
  if (end.error !== undefined) span.setAttribute('error.type', end.error)
  if (end.result !== 'done') span.setStatus({ code: SpanStatusCode.ERROR, message: end.error ?? end.result })
  span.end()
}
