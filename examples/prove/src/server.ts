import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import {
  advanceAi,
  createReceiver,
  type KycEvent,
  nodeRequest,
  type Provider,
  press,
  type Receiver,
  sendReply,
  silentLogger,
  uip,
} from '@kyc-webhooks/core'
import { secrets } from '@kyc-webhooks/example-harness'
import { pass } from './fault-points.ts'
import { openInbox } from './open-inbox.ts'

// The process that is killed: the three receivers, an inbox, and a handler that writes down what it was given.

const { PORT, INBOX = './kyc-webhooks.db', JOURNAL = './events.jsonl', RECEIVE_ONLY } = process.env
const inbox = openInbox(INBOX)

async function onEvent({ id }: KycEvent): Promise<void> {
  pass('before handler')
  await delay(5)
  pass('in handler')
  // A line that a killed process has written is there: this is about processes, not about disks.
  appendFileSync(JOURNAL, `${JSON.stringify({ id })}\n`)
  pass('after handler')
}

function receiverOf(provider: Provider, secret: string): [path: string, Receiver] {
  const handling = RECEIVE_ONLY === undefined ? { onEvent } : { receiveOnly: true }
  const receiver = createReceiver(provider, { secret, inbox, logger: silentLogger, ...handling })
  receiver.ready.catch((error: Error) => process.stderr.write(`${error.message}\n`))
  return [receiver.path, receiver]
}

const receivers = new Map([
  receiverOf(press() as Provider, secrets.press),
  receiverOf(uip() as Provider, secrets.uip),
  receiverOf(advanceAi() as Provider, secrets.advanceAi),
])

createServer((req, res) => {
  const receiver = receivers.get(req.url ?? '')
  if (receiver === undefined) res.writeHead(404).end()
  else void receiver.receive(nodeRequest(req, { remedy: '' })).then((reply) => sendReply(res, reply))
}).listen(Number(PORT), '127.0.0.1')
