import type { Handler, Inbox, Logger, PressEvent } from '@kyc-webhooks/core'
import { pressWebhook } from '@kyc-webhooks/express'
import express, { type Express } from 'express'

export interface AppOptions {
  /** As PRESS shows it. A missing one is an error at start-up. */
  secret: string | undefined
  /** What the application does with an event. */
  onEvent: Handler<PressEvent>
  /** Where deliveries are recorded. @default the SQLite file `./kyc-webhooks.db` */
  inbox?: Inbox
  /** `false`: no log. @default JSON lines on standard output and standard error */
  logger?: Logger | false
}

export interface App {
  app: Express
  /** Resolves when deliveries can be taken. */
  ready: Promise<unknown>
  /** Finishes the events in hand. */
  close: () => Promise<unknown>
}

/**
 * Receives at `/webhooks/press`, and only over TLS 1.3 ("Endpoint Requirements" of PRESS). The server already speaks
 * nothing older; `requireTls` refuses what gets here by another way, such as a plain port that was left open.
 */
export function buildApp(options: AppOptions): App {
  const webhook = pressWebhook({ ...options, requireTls: 'TLSv1.3' })
  const app = express()
  app.use(webhook)
  return { app, ready: webhook.ready, close: webhook.close }
}
