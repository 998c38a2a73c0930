import {
  answersAt,
  type KycEvent,
  nodeRequest,
  type Provider,
  type ReceiverOptions,
  sendReply,
} from '@kyc-webhooks/core'
import { type OpenReceiver, openReceiver } from '@kyc-webhooks/sqlite'
import type { Middleware } from 'koa'

/** Koa middleware, with the receiver behind it. */
export type WebhookMiddleware = Middleware & OpenReceiver

/** What others leave on the context, the same in Koa 2 and 3. */
interface Traces {
  /** Set by koa-mount. */
  mountPath?: string
  /** The layers of @koa/router and koa-router that match the path. One without methods is no route. */
  matched?: { methods: string[]; stack: unknown[] }[]
  /** Set by body parsers. */
  request: { rawBody?: unknown; body?: unknown }
}

const remedy =
  'a body parser ran before the webhook: mount the webhook above it, or have it keep the bytes as a Buffer in ctx.request.rawBody'

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
    const { mountPath, matched = [], request } = ctx as typeof ctx & Traces
    const routeHandlers = matched.filter(({ methods }) => methods.length > 0).flatMap(({ stack }) => stack)
    if (!answersAt(receiver, { path: ctx.path, mounted: mountPath !== undefined, routeHandlers }))
      return next()
    // The reply is core's, byte for byte: Koa adds nothing to it.
    ctx.respond = false
    const left = [request.rawBody, request.body]
    sendReply(ctx.res, await receiver.receive(nodeRequest(ctx.req, { left, remedy })))
  }
  return Object.assign(middleware, open)
}
