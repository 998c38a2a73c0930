import { parseArgs } from 'node:util'
import { type Inbox, memoryInbox } from '@kyc-webhooks/core'
import { pressWebhook } from '@kyc-webhooks/fastify'
import { postgresInbox } from '@kyc-webhooks/postgres'
import Fastify from 'fastify'
import { insertInbox } from './insert-inbox.ts'

// A receiver in a process of its own: `serve.ts --inbox group|insert --url postgres://...`. Prints its port.

const { values } = parseArgs({
  options: {
    inbox: { type: 'string' },
    url: { type: 'string', default: '' },
    secret: { type: 'string', default: '' },
    connections: { type: 'string', default: '10' },
  },
})

/** What the rivals differ in, and nothing else. */
const inboxes: Record<string, () => Inbox> = {
  group: () => postgresInbox({ connectionString: values.url }),
  memory: () => memoryInbox(),
  insert: () => insertInbox(values.url, Number(values.connections)),
}
const inbox = inboxes[String(values.inbox)]?.()
if (inbox === undefined) throw new Error(`no inbox ${values.inbox}`)

const app = Fastify()
// Whoever is too slow is to be seen to be slow, not to refuse.
const budgetMs = 30_000
app.register(pressWebhook, { secret: values.secret, inbox, receiveOnly: true, logger: false, budgetMs })
await app.listen({ port: 0, host: '127.0.0.1' })
const address = app.server.address()
process.stdout.write(`${typeof address === 'object' ? address?.port : address}\n`)
