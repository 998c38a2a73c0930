import { setTimeout as delay } from 'node:timers/promises'
import { memoryInbox } from '@kyc-webhooks/core'
import { secrets } from '@kyc-webhooks/example-harness'
import { buildApp } from '../../src/app.ts'
import { journal } from '../../src/journal.ts'

// The example on an inbox that forgets: what the crash test must notice.
const write = journal('./events.jsonl')
const { app } = buildApp({
  secrets,
  async onEvent(event, context) {
    await delay(50)
    await write(event, context)
  },
  inbox: memoryInbox(),
  logger: false,
})
app.listen(Number(process.env.PORT))
