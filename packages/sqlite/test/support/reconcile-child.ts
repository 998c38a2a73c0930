import { appendFileSync } from 'node:fs'
import { reconcile, uip } from '@kyc-webhooks/core'
import { sqliteInbox } from '../../src/index.ts'

// One of several processes that poll for one inbox: `reconcile-child.ts <file> <account> <everyMs>`. Each poll is a line of the account.

const [file = '', account = '', everyMs] = process.argv.slice(2)
const reconciler = reconcile(sqliteInbox({ file }), uip(), {
  everyMs: Number(everyMs),
  logger: false,
  fetch: () => {
    appendFileSync(account, `${process.pid}\n`)
    return [{ body: { event: 'identify', data: { audit_id: 'audit_1' } } }]
  },
})
await reconciler.ready
setInterval(() => {}, 1_000)
