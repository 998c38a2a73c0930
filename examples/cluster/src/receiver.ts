import { setTimeout as delay } from 'node:timers/promises'
import { advanceAiWebhook, pressWebhook, uipWebhook } from '@kyc-webhooks/fastify'
import Fastify from 'fastify'
import { addHealthRoutes } from './health-routes.ts'
import { openInbox } from './open-inbox.ts'
import { toldToEnd } from './told-to-end.ts'

// A process that records deliveries and replies. It handles nothing: see worker.ts.

/** Longer than the proxy takes to notice that `/readyz` says no, also on a busy machine. In milliseconds. */
const NOTICE_MS = 2_000

const { PORT, DATABASE_URL = '' } = process.env
const inbox = openInbox(DATABASE_URL, 5)
const app = Fastify({ logger: { level: 'warn' } })
// The proxy runs on this machine: what it says of who sent is believed.
const shared = { inbox, receiveOnly: true, logger: app.log, trustedProxies: ['127.0.0.1'] }
app.register(pressWebhook, { ...shared, secret: process.env.PRESS_WEBHOOK_SECRET })
app.register(uipWebhook, { ...shared, secret: process.env.UIP_WEBHOOK_SECRET })
app.register(advanceAiWebhook, { ...shared, secret: process.env.ADVANCE_AI_WEBHOOK_SECRET })

let isEnding = false
addHealthRoutes(app, inbox, () => isEnding)
await app.listen({ port: Number(PORT), host: '127.0.0.1' })

await toldToEnd()
// First nothing new comes, then what is in hand is finished.
isEnding = true
await delay(NOTICE_MS)
await app.close()
await inbox.close()
