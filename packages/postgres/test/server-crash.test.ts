import type { Inbox } from '@kyc-webhooks/core'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { embedded } from '../../testing/src/start-postgres.ts'
import { postgresInbox } from '../src/index.ts'

const CRASHES = 4
const SENDERS = 8
const TIMES = { timeout: 60_000, interval: 10 }

/** Ends one process of the server by SIGKILL. The server then drops all others and recovers from its log, as after a power cut. */
async function crash(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  const isDropped = new Promise<void>((resolve) => client.once('end', resolve))
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY state <> 'idle' DESC LIMIT 1`,
  )
  process.kill(rows[0]?.pid ?? Number.NaN, 'SIGKILL')
  await isDropped
}

/** Sends one delivery after the other, each until it is taken, as a provider does. */
async function send(inbox: Inbox, sender: number, taken: string[], isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n++) {
    const id = `${sender} ${n}`
    await vi.waitFor(
      async () => expect(['recorded', 'duplicate']).toContain(await inbox.record(arriving(id))),
      TIMES,
    )
    taken.push(id)
  }
}

test(`a server that crashes ${CRASHES} times under load loses nothing that was acknowledged`, {
  timeout: 240_000,
}, async () => {
  // One of our own: everybody else's would crash with it.
  const server = await embedded()
  onTestFinished(() => server.stop?.())
  const inbox = postgresInbox({ connectionString: server.url, commitTimeoutMs: 1_000, heartbeatSeconds: 10 })
  onTestFinished(() => inbox.close())
  await inbox.open()
  const handled = new Set<string>()
  inbox.work(workOf(async (claim) => void handled.add(nameOf(claim))))

  const taken: string[] = []
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const senders = Array.from({ length: SENDERS }, (_, sender) => send(inbox, sender, taken, () => isOver))
  for (let crashes = 0; crashes < CRASHES; crashes++) {
    const before = taken.length
    await vi.waitFor(() => expect(taken.length).toBeGreaterThan(before + 50), TIMES)
    await crash(server.url)
  }
  const before = taken.length
  await vi.waitFor(() => expect(taken.length).toBeGreaterThan(before + 50), TIMES)
  isOver = true
  await Promise.all(senders)

  await vi.waitFor(() => expect(taken.filter((id) => !handled.has(id))).toEqual([]), {
    timeout: 90_000,
    interval: 100,
  })
  expect(handled.size).toBe(new Set(taken).size)
})
