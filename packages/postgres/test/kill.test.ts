import { expect, onTestFinished, test } from 'vitest'
import { arriving } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { startWorkerProcess } from './support/processes.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const database = await testDatabase()

test('a worker killed in the middle of its handlers is taken over, and what handlers wrote counts once', async () => {
  await database.query('CREATE TABLE effect (seq bigint, pid integer)')
  const inbox = postgresInbox({ connectionString: database.url, heartbeatSeconds: 10 })
  onTestFinished(() => inbox.close())
  const ids = Array.from({ length: 60 }, (_, index) => `event ${index}`)
  await Promise.all(ids.map((id) => inbox.record(arriving(id))))

  const dying = startWorkerProcess(database.url, 100)
  await dying.saying('wrote', 10)
  await dying.kill()
  const killedAt = performance.now()
  const before = await inbox.stats()
  expect(before.running).toBeGreaterThan(0)
  expect(before.done).toBeGreaterThan(0)

  const successor = startWorkerProcess(database.url, 0)
  await until(inbox, { done: 60, running: 0, waiting: 0 }, 60_000)
  expect(performance.now() - killedAt).toBeLessThan(60_000)

  // Some were written twice, the first time in a transaction that went with its process.
  const wrote = [...dying.lines, ...successor.lines].filter((line) => line.startsWith('wrote'))
  expect(wrote.length).toBeGreaterThan(60)
  const [effects] = await database.query(
    'SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS events FROM effect',
  )
  expect(effects).toEqual({ rows: 60, events: 60 })
  const crashed = (await inbox.events({ limit: 100 })).filter(({ crashes }) => crashes > 0)
  expect(crashed).toHaveLength(before.running)
})
