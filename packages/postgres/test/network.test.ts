import type { Inbox } from '@kyc-webhooks/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { proxyTo } from './support/proxy.ts'
import { testDatabase } from './support/stores.ts'

const database = await testDatabase()

/** An inbox behind a proxy, with a worker; and what it handled. */
async function behindProxy() {
  const proxy = await proxyTo(database.url)
  const inbox = postgresInbox({ connectionString: proxy.url, commitTimeoutMs: 500, heartbeatSeconds: 10 })
  onTestFinished(async () => {
    proxy.pass()
    await inbox.close()
  })
  const handled: string[] = []
  inbox.work(workOf(async (claim) => void handled.push(nameOf(claim))))
  return { proxy, inbox, handled }
}

const handles = (handled: string[], name: string) =>
  vi.waitFor(() => expect(handled).toContain(name), { timeout: 30_000, interval: 20 })

/** As a provider would: again, until it is taken. */
const untilTaken = (inbox: Inbox, id: string) =>
  vi.waitFor(async () => expect(['recorded', 'duplicate']).toContain(await inbox.record(arriving(id))), {
    timeout: 10_000,
    interval: 50,
  })

async function timed<T>(promise: Promise<T>): Promise<number> {
  const startedAt = performance.now()
  await promise
  return performance.now() - startedAt
}

const isUnavailable = { code: 'inbox-unavailable' }

test.each(['cut', 'hang'] as const)(
  'a connection that was %s: unavailable in time, then normal',
  async (fault) => {
    const { proxy, inbox, handled } = await behindProxy()
    await inbox.record(arriving(`before ${fault}`))
    await handles(handled, `before ${fault}`)

    proxy[fault]()
    for (const id of ['x', 'y']) {
      const refused = expect(inbox.record(arriving(`${id} ${fault}`))).rejects.toMatchObject(isUnavailable)
      expect(await timed(refused)).toBeLessThan(1_500)
    }
    expect(await inbox.health()).toEqual({ reachable: false, lagMs: 0, depth: 0, deadLetters: 0 })

    proxy.pass()
    await untilTaken(inbox, `after ${fault}`)
    expect((await inbox.health()).reachable).toBe(true)
    await handles(handled, `after ${fault}`)
    expect(handled.filter((name) => name === `after ${fault}`)).toHaveLength(1)
  },
)

test('a hang in the middle of many commits: none of them is lost or recorded twice', async () => {
  const { proxy, inbox, handled } = await behindProxy()
  await inbox.open()
  const ids = Array.from({ length: 100 }, (_, index) => `many ${index}`)
  const taken = ids.map(async (id, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * 5))
    await untilTaken(inbox, id)
  })
  setTimeout(() => proxy.hang(), 150)
  setTimeout(() => proxy.pass(), 1_200)
  await Promise.all(taken)
  await vi.waitFor(
    () => expect(handled.filter((name) => name.startsWith('many')).toSorted()).toEqual(ids.toSorted()),
    {
      timeout: 40_000,
    },
  )
})

test('a server that closes all its connections: the next delivery is recorded', async () => {
  const { inbox } = await behindProxy()
  await inbox.record(arriving('before'))
  await database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  expect(await inbox.record(arriving('after'))).toBe('recorded')
})

test('a server that ends connections as soon as they are ready: unavailable, then normal', async () => {
  const { proxy, inbox } = await behindProxy()
  await inbox.record(arriving('before the end'))
  proxy.cut()
  proxy.end()
  // Commits, and looks, each with a connection of their own: an error that nobody hears ends the process.
  const looks = Promise.allSettled([inbox.stats(), inbox.events()])
  await expect(inbox.record(arriving('ended'))).rejects.toMatchObject(isUnavailable)
  await looks
  proxy.pass()
  await untilTaken(inbox, 'after the end')
})

test('an inbox that could not be opened opens later', async () => {
  const proxy = await proxyTo(database.url)
  proxy.cut()
  const inbox = postgresInbox({ connectionString: proxy.url, commitTimeoutMs: 500 })
  onTestFinished(() => inbox.close())
  await expect(inbox.open()).rejects.toMatchObject(isUnavailable)
  await expect(inbox.record(arriving('early'))).rejects.toMatchObject(isUnavailable)
  proxy.pass()
  await untilTaken(inbox, 'early')
})
