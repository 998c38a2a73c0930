import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createReceiver, nodeRequest, sendReply, uip } from '@kyc-webhooks/core'
import { sqliteInbox } from '../../src/index.ts'

// A receiver whose handler misbehaves for the event `bad`: `handler-child.ts <file> <account> <misbehaviour>`. Each event
// that is handled is a line of the account.

const [file = '', account = '', misbehaviour = ''] = process.argv.slice(2)

const misbehaviours: Record<string, () => unknown> = {
  exits: () => process.exit(0),
  'takes all memory': () => {
    for (const hog: unknown[] = []; ; ) hog.push(Array(100_000).fill(hog.length + 0.5))
  },
  'leaves a rejection behind': async () => void Promise.reject(new Error('left behind')),
  'throws from a timer': () => new Promise(() => setTimeout(() => fail(), 1)),
  'never gives the thread back': () => {
    for (;;);
  },
  'blocks the thread for two seconds': () => {
    for (const until = performance.now() + 2_000; performance.now() < until; );
  },
  'fails, and onDeadLetter exits': () => fail(),
}

function fail(): never {
  throw new TypeError('no use')
}

const inbox = sqliteInbox({ file })
const receiver = createReceiver(uip(), {
  secret: 'k'.repeat(32),
  inbox,
  logger: false,
  retry: { attempts: 2, crashes: 2, firstDelayMs: 10 },
  async onEvent({ subject }) {
    if (subject === 'bad') await misbehaviours[misbehaviour]?.()
    appendFileSync(account, `${subject}\n`)
  },
  // Not for the forgeries that ask whether we are there.
  onRejected({ code }) {
    if (misbehaviour === 'onRejected exits' && code === 'body-unusable') process.exit(0)
  },
  onDeadLetter() {
    if (misbehaviour === 'fails, and onDeadLetter exits') process.exit(0)
  },
})
const server = createServer(async (req, res) => {
  sendReply(res, await receiver.receive(nodeRequest(req, { remedy: '' })))
})
await receiver.ready
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`)
})
