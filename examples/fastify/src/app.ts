import type { AdvanceAiEvent, Handler, Inbox, PressEvent, UipEvent } from '@kyc-webhooks/core'
import { advanceAiWebhook, pressWebhook, uipWebhook } from '@kyc-webhooks/fastify'
import Fastify, { type FastifyInstance } from 'fastify'

export interface AppOptions {
  /** As each provider shows it. A missing one is an error at start-up. */
  secrets: { press: string | undefined; uip: string | undefined; advanceAi: string | undefined }
  /** What the application does with an event. */
  onEvent: Handler<PressEvent | UipEvent | AdvanceAiEvent>
  /** Where deliveries are recorded. @default the SQLite file `./kyc-webhooks.db` */
  inbox?: Inbox
  /** Fastify's own log, ours with it. @default true */
  logger?: boolean
}

/**
 * Receives at `/webhooks/press`, `/webhooks/uip` and `/webhooks/advance-ai`, all on one port. `app.ready()` resolves when
 * deliveries can be taken; `app.close()` finishes the events in hand.
 */
export function buildApp({ secrets, logger = true, ...others }: AppOptions): FastifyInstance {
  const app = Fastify({ logger })
  const shared = { ...others, logger: app.log }
  app.register(pressWebhook, { ...shared, secret: secrets.press })
  app.register(uipWebhook, { ...shared, secret: secrets.uip })
  app.register(advanceAiWebhook, { ...shared, secret: secrets.advanceAi })
  app.get('/health', async () => ({ status: 'ok' }))
  return app
}
