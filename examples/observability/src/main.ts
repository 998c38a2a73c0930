import { once } from 'node:events'
import { consoleLogger } from '@kyc-webhooks/core'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { buildApp } from './app.ts'

const { PORT = '3000', METRICS_PORT = '9464', INBOX_FILE = './kyc-webhooks.db' } = process.env

const logger = consoleLogger()
const inbox = sqliteInbox({ file: INBOX_FILE })
const { app, ready, close } = buildApp({
  secret: process.env.PRESS_WEBHOOK_SECRET,
  onEvent: ({ id, type }) => logger.info({ id, type }, 'handled'),
  inbox,
  metricsPort: Number(METRICS_PORT),
  logger,
})

await ready
const server = app.listen(Number(PORT), (error) => {
  if (error) throw error
  logger.info({ address: server.address() }, 'listening')
})

const told = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
await told.promise

server.close()
await once(server, 'close')
await close()
await inbox.close()
