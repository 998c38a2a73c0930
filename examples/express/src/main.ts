import { once } from 'node:events'
import { consoleLogger } from '@kyc-webhooks/core'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { buildApp } from './app.ts'
import { journal } from './journal.ts'

const { PORT = '3000', INBOX_FILE = './kyc-webhooks.db', JOURNAL_FILE = './events.jsonl' } = process.env

const logger = consoleLogger()
const inbox = sqliteInbox({ file: INBOX_FILE })
const { app, ready, close } = buildApp({
  secrets: {
    press: process.env.PRESS_WEBHOOK_SECRET,
    uip: process.env.UIP_WEBHOOK_SECRET,
    advanceAi: process.env.ADVANCE_AI_WEBHOOK_SECRET,
  },
  onEvent: journal(JOURNAL_FILE),
  inbox,
  logger,
})

await ready
const server = app.listen(Number(PORT), (error) => {
  if (error) throw error
  logger.info({ address: server.address() }, 'listening')
})

// Until told to stop. `on` and not `once`: a process manager may signal the process and its group.
const told = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
await told.promise

// No more connections, a reply to what is under way, an end to the events in hand. What is left waits in the inbox.
server.close()
await once(server, 'close')
await close()
await inbox.close()
logger.info({}, 'stopped')
