import { once } from 'node:events'
import { buildApp } from '@kyc-webhooks/example-express'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { stagedHandler } from './staged-handler.ts'

// The Express example, with the handler of the demo.
const { PORT, INBOX_FILE = '', HANDLER_FILE = '' } = process.env
const inbox = sqliteInbox({ file: INBOX_FILE })
const { app, ready, close } = buildApp({
  secrets: {
    press: process.env.PRESS_WEBHOOK_SECRET,
    uip: process.env.UIP_WEBHOOK_SECRET,
    advanceAi: process.env.ADVANCE_AI_WEBHOOK_SECRET,
  },
  onEvent: stagedHandler(HANDLER_FILE),
  inbox,
})

await ready
const server = app.listen(Number(PORT), '127.0.0.1')

const told = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
await told.promise

server.close()
await once(server, 'close')
await close()
await inbox.close()
