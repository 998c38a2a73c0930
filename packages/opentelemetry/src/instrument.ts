import type { Inbox } from '@kyc-webhooks/core'
import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { deliveryMetrics } from './delivery-metrics.ts'
import { eventMetrics } from './event-metrics.ts'
import { inboxMetrics } from './inbox-metrics.ts'
import { spans } from './spans.ts'

export interface InstrumentOptions {
  /** Whose depth, lag and dead letters are told. @default none */
  inboxes?: readonly Inbox[] | undefined
  /** Types of events, beside those that the providers' pages list, that metrics and spans may name; all others are `other`. @default none */
  eventTypes?: readonly string[] | undefined
  /** @default the global one, as it is when this is called: start the SDK before */
  meterProvider?: MeterProvider | undefined
  /** @default the global one */
  tracerProvider?: TracerProvider | undefined
}

export interface Instrumentation {
  /** Listens no more. Idempotent. */
  close(): void
}

const SCOPE = '@kyc-webhooks/opentelemetry'

/** Makes spans and metrics of what the receivers and workers of this process do, from now on. Once in a process. */
export function instrument(options: InstrumentOptions = {}): Instrumentation {
  const { inboxes = [], eventTypes = [], meterProvider = metrics, tracerProvider = trace } = options
  const meter = meterProvider.getMeter(SCOPE)
  const closers = [
    deliveryMetrics(meter),
    eventMetrics(meter, eventTypes),
    inboxMetrics(meter, inboxes),
    spans(tracerProvider.getTracer(SCOPE), eventTypes),
  ]
  return {
    close() {
      for (const close of closers) close()
    },
  }
}
