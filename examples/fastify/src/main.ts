import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { buildApp } from './app.ts'
import { handleEvent } from './handle-event.ts'

const { PORT = '3000', INBOX_FILE = './kyc-webhooks.db' } = process.env

const inbox = sqliteInbox({ file: INBOX_FILE })
const app = buildApp({
  secrets: {
    press: process.env.PRESS_WEBHOOK_SECRET,
    uip: process.env.UIP_WEBHOOK_SECRET,
    advanceAi: process.env.ADVANCE_AI_WEBHOOK_SECRET,
  },
  onEvent: handleEvent,
  inbox,
})

// Without a host, Fastify listens on localhost alone.
await app.listen({ port: Number(PORT), host: '0.0.0.0' })

// Until told to stop. `on` and not `once`: a process manager may signal the process and its group.
const told = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
await told.promise

// No more connections, a reply to what is under way, an end to the events in hand. What is left waits in the inbox.
await app.close()
await inbox.close()
