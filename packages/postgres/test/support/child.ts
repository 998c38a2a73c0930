import { setTimeout as sleep } from 'node:timers/promises'
import { silentLogger } from '@kyc-webhooks/core'
import { workOf } from '../../../testing/src/inbox-work.ts'
import { postgresInbox } from '../../src/index.ts'

// A worker in a process of its own: `child.ts <url> <milliseconds that its handler takes>`. Its handler writes a row.

const [url = '', takesMs = '0'] = process.argv.slice(2)
const inbox = postgresInbox({ connectionString: url, heartbeatSeconds: 10 })

inbox.work(
  workOf(
    async ({ seq, attempt }, { client }) => {
      await client?.query('INSERT INTO effect (seq, pid) VALUES ($1, $2)', [seq, process.pid])
      process.stdout.write(`wrote ${seq} ${attempt}\n`)
      await sleep(Number(takesMs))
    },
    { transactional: true, concurrency: 4, logger: silentLogger },
  ),
)
await inbox.open()
process.stdout.write('open\n')
