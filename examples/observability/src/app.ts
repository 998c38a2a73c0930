import type { Handler, Inbox, Logger, PressEvent } from '@kyc-webhooks/core'
import { pressWebhook } from '@kyc-webhooks/express'
import { instrument } from '@kyc-webhooks/opentelemetry'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import express, { type Express } from 'express'

export interface AppOptions {
  /** As PRESS shows it. */
  secret: string | undefined
  onEvent: Handler<PressEvent>
  inbox: Inbox
  /** Port of `/metrics`, on this machine alone. @default 9464 */
  metricsPort?: number
  logger?: Logger | false
}

export interface App {
  app: Express
  /** Resolves when deliveries can be taken and metrics asked for. */
  ready: Promise<unknown>
  close: () => Promise<void>
}

/** Receives at `/webhooks/press`, and tells Prometheus what becomes of it. */
export function buildApp({ metricsPort = 9464, inbox, ...options }: AppOptions): App {
  const exporter = new PrometheusExporter({ host: '127.0.0.1', port: metricsPort, preventServerStart: true })
  const meterProvider = new MeterProvider({ readers: [exporter] })
  // Without `tracerProvider` the spans go to the SDK that the process was started with, if any.
  const instrumentation = instrument({ inboxes: [inbox], meterProvider })
  const webhook = pressWebhook({ ...options, inbox })
  const app = express()
  app.use(webhook)
  return {
    app,
    ready: Promise.all([webhook.ready, exporter.startServer()]),
    async close() {
      await webhook.close()
      instrumentation.close()
      await meterProvider.shutdown()
    },
  }
}
