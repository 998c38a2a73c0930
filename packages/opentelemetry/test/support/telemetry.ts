import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'
import { type InstrumentOptions, instrument } from '../../src/index.ts'

export interface Telemetry {
  /** Of the spans that have ended, those with this name. */
  spans: (name: string) => ReadableSpan[]
  /** The data points of a metric, each with its labels. */
  points: (metric: string) => Promise<{ labels: object; value: unknown }[]>
  /** Names and units of all metrics. */
  metrics: () => Promise<string[]>
  tracerProvider: TracerProvider
  close: () => void
}

/** The real SDK, with exporters in memory, on what this process does until the test ends. */
export function telemetry(options: InstrumentOptions = {}): Telemetry {
  const spanExporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
  })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  })
  const meterProvider = new MeterProvider({ readers: [reader] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const { close } = instrument({ meterProvider, tracerProvider, ...options })
  onTestFinished(async () => {
    close()
    context.disable()
    propagation.disable()
    await meterProvider.shutdown()
    await tracerProvider.shutdown()
  })
  const collected = async () => {
    metricExporter.reset()
    await reader.forceFlush()
    return metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  }
  return {
    tracerProvider,
    close,
    spans: (name) => spanExporter.getFinishedSpans().filter((span) => span.name === name),
    async points(metric) {
      const found = (await collected()).find(({ descriptor }) => descriptor.name === metric)
      const points = (found?.dataPoints ?? []) as DataPoint<unknown>[]
      return points.map(({ attributes, value }) => ({ labels: attributes, value }))
    },
    async metrics() {
      return (await collected()).map(({ descriptor }) => `${descriptor.name} ${descriptor.unit}`)
    },
  }
}
