import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Account } from '../src/account.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const args = ['--conditions=@kyc-webhooks/source', main]
const run = (...options: string[]) => promisify(execFile)(process.execPath, [...args, ...options])

test('under kill -9 nothing that was acknowledged is lost, and no effect is doubled', {
  timeout: 240_000,
}, async () => {
  const options = ['--seconds', '8', '--rate', '25', '--kill-every', '1.5', '--seed', '30']
  // Rejects unless it ends with code 0.
  const { stdout, stderr } = await run(...options, '--json')
  const account: Account & { seed: number } = JSON.parse(stdout)
  console.log(account)
  expect(account).toMatchObject({ seed: 30, refused: 0, lost: 0, effectsDoubled: 0, deadLetters: 0 })
  expect(account.acknowledged).toBeGreaterThan(100)
  expect(account.handled).toBe(account.events)
  expect(account.sentTwice).toBeGreaterThan(0)
  expect(account.kills.receivers).toBeGreaterThan(0)
  expect(account.kills.workers).toBeGreaterThan(0)
  expect(stderr.match(/^kill -9 \d+/gm)).toHaveLength(account.kills.receivers + account.kills.workers)
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  expect(stderr).not.toContain('\x1b')
})

test.each([
  // A terminal's Ctrl-C goes to all of its processes, `kill` to one.
  ['Ctrl-C', 'SIGINT', (pid: number) => -pid],
  ['SIGTERM', 'SIGTERM', (pid: number) => pid],
  ['SIGKILL', 'SIGKILL', (pid: number) => pid],
] as const)('%s leaves no process and no database behind', { timeout: 120_000 }, async (_, signal, to) => {
  const cluster = spawn(process.execPath, [...args, '--rate', '10', '--kill-every', '1'], { detached: true })
  onTestFinished(() => void cluster.kill('SIGKILL'))
  const closed = once(cluster, 'close')
  let written = ''
  cluster.stdout.setEncoding('utf8').on('data', (text) => {
    written += text
  })
  await vi.waitUntil(() => /\n +2 +\d+ /.test(written), { timeout: 30_000 })
  const ports = [...written.matchAll(/127.0.0.1:(\d+)\/readyz/g)].map(([, port]) => Number(port))
  expect(ports).toHaveLength(4)
  const database = /kyc_webhooks_cluster_\w+/.exec(written)?.[0] ?? ''
  expect(await exists(database)).toBe(true)

  process.kill(to(cluster.pid ?? 0), signal)
  const [code] = await closed
  if (signal !== 'SIGKILL') expect([code, written]).toEqual([1, expect.stringContaining('Told to end.')])
  await vi.waitUntil(async () => !(await exists(database)), { timeout: 10_000 })
  for (const port of ports) await vi.waitUntil(async () => !(await listens(port)), { timeout: 10_000 })
})

test('--help says what it does, and does nothing', async () => {
  expect((await run('--help')).stdout).toContain('--kill-every')
})

test.each([
  [['--rate', 'many'], '--rate: a number from 1 to 1000, not "many"'],
  [['--seconds', '0'], '--seconds: a number from 1'],
  [['--nothing'], "'--nothing'"],
])('what is not understood is said: %j', async (options, message) => {
  await expect(run(...options)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
})

async function listens(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    () => true,
    () => false,
  )
}

async function exists(database: string): Promise<boolean> {
  return (await query(`SELECT FROM pg_database WHERE datname = '${database}'`)).rowCount === 1
}

async function query(statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
