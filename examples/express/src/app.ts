import type { AdvanceAiEvent, Handler, Inbox, Logger, PressEvent, UipEvent } from '@kyc-webhooks/core'
import { advanceAiWebhook, pressWebhook, uipWebhook } from '@kyc-webhooks/express'
import express, { type Express } from 'express'

export interface AppOptions {
  /** As each provider shows it. A missing one is an error at start-up. */
  secrets: { press: string | undefined; uip: string | undefined; advanceAi: string | undefined }
  /** What the application does with an event. */
  onEvent: Handler<PressEvent | UipEvent | AdvanceAiEvent>
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

/** Receives at `/webhooks/press`, `/webhooks/uip` and `/webhooks/advance-ai`, all on one port. */
export function buildApp({ secrets, ...shared }: AppOptions): App {
  const webhooks = [
    pressWebhook({ ...shared, secret: secrets.press }),
    uipWebhook({ ...shared, secret: secrets.uip }),
    advanceAiWebhook({ ...shared, secret: secrets.advanceAi }),
  ]
  const app = express()
  // Above every body parser: what is signed are the bytes.
  app.use(webhooks)
  app.use(express.json())
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' })
  })
  return {
    app,
    ready: Promise.all(webhooks.map(({ ready }) => ready)),
    close: () => Promise.all(webhooks.map(({ close }) => close())),
  }
}
