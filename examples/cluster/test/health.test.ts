import { freePort, providers, secretsEnvironment, startServer } from '@kyc-webhooks/example-harness'
import { uipEvents } from '@kyc-webhooks/simulator'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createOwnDatabase } from '../src/own-database.ts'
import { type Breakable, breakableWayTo } from './support/breakable.ts'

const ENTRIES = {
  receiver: new URL('../src/receiver.ts', import.meta.url),
  worker: new URL('../src/worker.ts', import.meta.url),
}
const PATIENCE = { timeout: 30_000, interval: 20 }

/** One process of the cluster, on a way to Postgres that can be cut. */
async function start(kind: keyof typeof ENTRIES) {
  const database = await createOwnDatabase()
  onTestFinished(() => database.drop())
  const way: Breakable = await breakableWayTo(database.url)
  const port = await freePort()
  const env = { ...secretsEnvironment, DATABASE_URL: way.url }
  const server = await startServer({ entry: ENTRIES[kind], port, env })
  onTestFinished(() => server.kill())
  const url = `http://127.0.0.1:${port}`
  const ask = async (path: string) => {
    const reply = await fetch(url + path)
    return { status: reply.status, body: await reply.json() }
  }
  return { way, server, url, ask }
}

const healthy = { status: 200, body: { reachable: true, lagMs: 0, depth: 0, deadLetters: 0 } }
const unreachable = { status: 503, body: { reachable: false, lagMs: 0, depth: 0, deadLetters: 0 } }
const alive = { status: 200, body: { status: 'ok' } }

test.each(['receiver', 'worker'] as const)(
  'a %s without Postgres lives and is not ready; with Postgres again it is ready again',
  { timeout: 60_000 },
  async (kind) => {
    const { way, ask } = await start(kind)
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([alive, healthy])
    await way.cut()
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([alive, unreachable])
    await way.restore()
    await vi.waitFor(async () => expect(await ask('/readyz')).toEqual(healthy), PATIENCE)
    expect(await ask('/healthz')).toEqual(alive)
  },
)

test('a receiver that is told to end says that it is not ready, and still takes what comes', {
  timeout: 60_000,
}, async () => {
  const { server, url, ask } = await start('receiver')
  const ended = server.stop()
  await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(503), PATIENCE)
  const { uip } = providers(url)
  const { status } = await uip.send(uip.prepare(uipEvents().of('identify')))
  expect(status).toBe(200)
  expect(await ended).toBe(0)
})
