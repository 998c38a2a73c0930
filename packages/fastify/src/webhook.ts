import {
  type KycEvent,
  nodeRequest,
  type Provider,
  type ReceiverOptions,
  sendReply,
} from '@kyc-webhooks/core'
import { openReceiver } from '@kyc-webhooks/sqlite'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'

const remedy =
  'a hook has read the body before the webhook: let it skip this path, or have it keep the bytes as a Buffer in request.rawBody'

/**
 * A Fastify plugin that receives the deliveries of a provider on `receiver.path`, below the prefix it is registered with.
 * It is up when the inbox and the secret are usable, and closes with the application.
 */
export function webhook<E extends KycEvent>(provider: Provider<E>): FastifyPluginAsync<ReceiverOptions<E>> {
  return webhookPlugin(() => provider)
}

/** ... whose provider depends on the options. */
export function webhookPlugin<E extends KycEvent, Options extends object>(
  providerOf: (options: Options) => Provider<E>,
): FastifyPluginAsync<ReceiverOptions<E> & Options> {
  const install: FastifyPluginAsync<ReceiverOptions<E> & Options> = (fastify, options) =>
    receiveOn(fastify, providerOf(options), options)
  // Encapsulated: for the version check alone. Nothing of this reaches the rest of the application.
  return plugin(install, { name: '@kyc-webhooks/fastify', fastify: '5.x', encapsulate: true })
}

async function receiveOn<E extends KycEvent>(
  fastify: FastifyInstance,
  provider: Provider<E>,
  options: ReceiverOptions<E>,
): Promise<void> {
  const { receiver, ready, close } = openReceiver(provider, options)
  fastify.addHook('onClose', close)

  const receive = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { rawBody, body } = request as { rawBody?: unknown; body?: unknown }
    // The reply is core's, byte for byte: Fastify adds nothing to it.
    reply.hijack()
    const delivery = nodeRequest(request.raw, { left: [rawBody, body], remedy })
    sendReply(reply.raw, await receiver.receive(delivery))
  }
  // Below a prefix, `/` is the prefix with and without a trailing slash.
  fastify.register(
    async (scope) => {
      // In `preParsing`: after the application's `onRequest` hooks, before Fastify minds the content type or a parser
      // takes the body. fastify-raw-body is told to leave it alone.
      scope.all('/', { preParsing: receive, config: { rawBody: false } }, receive)
    },
    { prefix: receiver.path === '/' ? '' : receiver.path },
  )
  await ready
}
