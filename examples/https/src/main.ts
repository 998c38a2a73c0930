import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import { buildApp } from './app.ts'

const {
  PORT = '8443',
  TLS_CERT_FILE = './fullchain.pem',
  TLS_KEY_FILE = './privkey.pem',
  INBOX_FILE = './kyc-webhooks.db',
} = process.env

const inbox = sqliteInbox({ file: INBOX_FILE })
const { app, ready, close } = buildApp({
  secret: process.env.PRESS_WEBHOOK_SECRET,
  onEvent: (event) => console.log(`record status changed: ${event.type}`),
  inbox,
})

await ready
const certificate = { cert: readFileSync(TLS_CERT_FILE), key: readFileSync(TLS_KEY_FILE) }
const server = createServer({ ...certificate, minVersion: 'TLSv1.3' }, app)
server.listen(Number(PORT), () => console.log('listening', server.address()))

// Until told to stop. `on` and not `once`: a process manager may signal the process and its group.
const told = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
await told.promise

// No more connections, a reply to what is under way, an end to the events in hand. What is left waits in the inbox.
server.close()
await once(server, 'close')
await close()
await inbox.close()
