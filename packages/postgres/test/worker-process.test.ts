import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { postgresInbox } from '../src/index.ts'

/** A worker and nothing else, whose Postgres is away. */
const WORKER = `
  import { press, startWorker } from '@kyc-webhooks/core'
  import { postgresInbox } from '${new URL('../src/index.ts', import.meta.url).href}'
  const inbox = postgresInbox({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' })
  const worker = startWorker(inbox, press(), { onEvent: async () => {} })
  process.on('SIGTERM', async () => {
    await worker.close()
    await inbox.close()
  })
`

test('a worker whose Postgres is away stays and tries again, and ends when it is told to', async () => {
  const args = ['--conditions=@kyc-webhooks/source', '--input-type=module', '--eval', WORKER]
  const child = spawn(process.execPath, args, {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let log = ''
  child.stderr.on('data', (bytes) => {
    log += String(bytes)
  })
  await expect.poll(() => log.match(/trying again/g)?.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(1)
  expect(child.exitCode).toBeNull()
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
}, 60_000)

test('a connection string that is none fails what needs it, and not the process', async () => {
  const inbox = postgresInbox({ connectionString: 'postgres://u:TOP/SECRET@127.0.0.1:5432/db' })
  onTestFinished(() => inbox.close())
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
  await expect(inbox.open()).rejects.toMatchObject({ code: 'inbox-unavailable' })
  await expect(inbox.health()).resolves.toMatchObject({ reachable: false })
  await sleep(50)
  expect(unhandled).toEqual([])
})
