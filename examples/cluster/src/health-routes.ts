import type { Inbox } from '@kyc-webhooks/core'
import type { FastifyInstance } from 'fastify'

/**
 * `/healthz`: the process is alive, whatever else is not. `/readyz`: send it work; no when the inbox does not answer or the
 * process was told to end. Neither tells more than numbers.
 */
export function addHealthRoutes(app: FastifyInstance, inbox: Inbox, isEnding: () => boolean): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_, reply) => {
    const { reachable, lagMs, depth, deadLetters } = await inbox.health()
    const isReady = reachable && !isEnding()
    return reply.code(isReady ? 200 : 503).send({ reachable, lagMs, depth, deadLetters })
  })
}
