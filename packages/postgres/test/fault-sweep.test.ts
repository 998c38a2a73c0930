import { expect, test, vi } from 'vitest'
import { nonce } from '../../testing/src/inbox-samples.ts'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { faultyPool } from './support/faulty-pool.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()
/** More calls than opening, recording and handling take: the sweep ends when a run meets no fault. */
const MOST_CALLS = 150

test.each(['before', 'after'] as const)(
  'the n-th call fails %s it is carried out, for every n',
  async (when) => {
    let faults = 0
    for (let n = 1; n < MOST_CALLS; n++) {
      const { pool, failAt, hasFailed } = faultyPool(database.url)
      const inbox = postgresInbox({ pool, commitTimeoutMs: 2_000, heartbeatSeconds: 10 })
      const id = `${when} ${n}`
      const effects: string[] = []
      failAt(n, when)
      // As a provider would: again, until it is taken. A record that landed unheard is a duplicate.
      const taken = await vi.waitFor(() => inbox.record(arriving(id, { nonce: nonce(id) })), {
        timeout: 10_000,
        interval: 5,
      })
      expect(['recorded', 'duplicate']).toContain(taken)
      expect(await inbox.record(arriving(id, { nonce: nonce(id) })).catch(() => 'duplicate')).toBe(
        'duplicate',
      )
      const worker = inbox.work(
        workOf(async (claim) => void effects.push(nameOf(claim)), { receiver: 'press' }),
      )
      await vi.waitFor(() => expect(effects).toContain(id), { timeout: 40_000, interval: 5 })
      await vi.waitFor(async () => expect(await inbox.stats()).toMatchObject({ waiting: 0, running: 0 }), {
        timeout: 40_000,
        interval: 20,
      })
      await worker.stop(5_000)
      await inbox.close()
      await pool.end()
      if (!hasFailed()) break
      faults = n
    }
    expect(faults).toBeGreaterThan(15)
    expect(faults).toBeLessThan(MOST_CALLS - 1)
    // One event for each delivery, whichever call failed.
    const [counts] = await database.query(
      'SELECT count(*)::int AS events, count(DISTINCT json)::int AS deliveries FROM kyc_webhooks.event WHERE json LIKE $1',
      [`%"${when} %`],
    )
    expect(counts?.events).toBe(faults + 1)
    expect(counts?.deliveries).toBe(faults + 1)
  },
  600_000,
)
