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

/** What is used of Express's request, the same in Express 4 and 5. */
export interface ExpressRequest extends IncomingMessage {
  path: string
  baseUrl: string
  route?: { stack: { handle: unknown }[] }
}

type Middleware = (req: ExpressRequest, res: ServerResponse, next: (error?: unknown) => void) => void

/** Express middleware, with the receiver behind it. */
export type WebhookMiddleware = Middleware & OpenReceiver

const remedy =
  'express.json() or another body parser ran before the webhook: mount the webhook above it, ' +
  'or have it keep the bytes: express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })'

/**
 * Express middleware that receives the deliveries of a provider. Used bare, it answers on `receiver.path`; mounted on a
 * path or in a route, it answers there. Everything else goes to `next()`, unread.
 * Throws a `KycWebhookError` when the secret, an option or a handler is missing or wrong.
 */
export function webhook<E extends KycEvent>(
  provider: Provider<E>,
  options: ReceiverOptions<E>,
): WebhookMiddleware {
  const open = openReceiver(provider, options)
  const { receiver } = open
  const middleware: Middleware = (req, res, next) => {
    const routeHandlers = req.route?.stack.map(({ handle }) => handle) ?? []
    if (!answersAt(receiver, { path: req.path, mounted: req.baseUrl !== '', routeHandlers })) return next()
    receiver
      .receive(nodeRequest(req, { remedy }))
      .then((reply) => sendReply(res, reply))
      // What others have put on the response failed: unheard, that would end the process.
      .catch(next)
  }
  return Object.assign(middleware, open)
}
