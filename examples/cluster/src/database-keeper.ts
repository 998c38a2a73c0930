import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { startPostgres } from '@kyc-webhooks/testing/postgres'
import pg from 'pg'

// A process that makes a database, writes where it is, and deletes it when its parent has no more use for it or has ended,
// however it ended. With it goes the server, if it had to be started.

const { url: server, stop = async () => {} } = await startPostgres()
const name = `kyc_webhooks_cluster_${randomBytes(4).toString('hex')}`

async function runOnServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  // What breaks the connection is told by the statement.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

try {
  await runOnServer(`CREATE DATABASE ${name}`)
  process.stdout.write(`${Object.assign(new URL(server), { pathname: name }).href}\n`)
  await once(process.stdin.resume(), 'end')
  await runOnServer(`DROP DATABASE ${name} WITH (FORCE)`)
} finally {
  await stop()
}
