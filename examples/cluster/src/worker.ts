import { advanceAi, press, startWorker, uip } from '@kyc-webhooks/core'
import Fastify from 'fastify'
import { effectHandler } from './effect-handler.ts'
import { addHealthRoutes } from './health-routes.ts'
import { openInbox } from './open-inbox.ts'
import { openPool } from './open-pool.ts'
import { toldToEnd } from './told-to-end.ts'

// A process that handles what the receivers have recorded. It listens for its health alone.

/** Of each provider's events, at once. */
const CONCURRENCY = 4

const { PORT, DATABASE_URL = '', PROCESS_NAME = '' } = process.env
// One connection for each handler, and some for the inbox itself.
const inbox = openInbox(DATABASE_URL, 3 * CONCURRENCY + 2)
const pool = openPool(DATABASE_URL, 2)
const app = Fastify({ logger: { level: 'warn' } })
const options = {
  transactional: true,
  concurrency: CONCURRENCY,
  onEvent: effectHandler(PROCESS_NAME, pool),
  logger: app.log,
}
const workers = [
  startWorker(inbox, press(), options),
  startWorker(inbox, uip(), options),
  startWorker(inbox, advanceAi(), options),
]
await Promise.all(workers.map(({ ready }) => ready))

let isEnding = false
addHealthRoutes(app, inbox, () => isEnding)
await app.listen({ port: Number(PORT), host: '127.0.0.1' })

await toldToEnd()
isEnding = true
// No more handlers, an end to those in hand.
await Promise.all(workers.map((worker) => worker.close()))
await app.close()
await inbox.close()
await pool.end()
