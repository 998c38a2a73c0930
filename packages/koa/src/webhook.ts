import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  answersAt,
  type KycEvent,
  nodeRequest,
  type Provider,
  type ReceiverOptions,
  sendReply,
} from '@kyc-webhooks/core'
import { type OpenReceiver, openReceiver } from '@kyc-webhooks/sqlite'

/** What is used of Koa's context, the same in Koa 2 and 3. */
export interface KoaContext {
  req: IncomingMessage
  res: ServerResponse
  /** Where body parsers leave `body` and `rawBody`. */
  request: object
  path: string
  respond?: boolean
  /** Set by koa-mount. */
  mountPath?: string
  /** The matched layers: set by @koa/router and koa-router. */
  matched?: { methods: string[]; stack: unknown[] }[]
}

type Middleware = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void>

/** Koa middleware, with the receiver behind it. */
export type WebhookMiddleware = Middleware & OpenReceiver

const remedy =
  'a body parser ran before the webhook middleware: move `app.use(pressWebhook(...))` above `app.use(bodyParser())`'

/**
 * Koa middleware that receives the deliveries of a provider. Used bare, it answers on `receiver.path`; mounted on a path
 * or in a route, it answers there. Everything else goes to `next()`, unread.
 * Throws a `KycWebhookError` when the secret, an option or a handler is missing or wrong.
 */
export function webhook<E extends KycEvent>(
  provider: Provider<E>,
  options: ReceiverOptions<E>,
): WebhookMiddleware {
  const open = openReceiver(provider, options)
  const { receiver } = open
  const middleware: Middleware = async (ctx, next) => {
    const routes = ctx.matched?.filter(({ methods }) => methods.length > 0) ?? []
    const routeHandlers = routes.flatMap(({ stack }) => stack)
    if (!answersAt(receiver, { path: ctx.path, mounted: ctx.mountPath !== undefined, routeHandlers })) {
      await next()
      return
    }
    const { rawBody, body } = ctx.request as { rawBody?: unknown; body?: unknown }
    // The reply is core's, byte for byte: Koa adds nothing to it.
    ctx.respond = false
    sendReply(ctx.res, await receiver.receive(nodeRequest(ctx.req, { left: [rawBody, body], remedy })))
  }
  return Object.assign(middleware, open)
}
