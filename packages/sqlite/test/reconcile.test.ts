import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createReceiver,
  type Missing,
  nodeRequest,
  type PressEvent,
  press,
  type ReconcileOptions,
  reconcile,
  sendReply,
} from '@kyc-webhooks/core'
import { SECRET, sampleBody, send, signedHeaders } from '@kyc-webhooks/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sqliteInbox } from '../src/index.ts'
import { temporaryDirectory, temporaryFile } from './support/stores.ts'

// A list of PRESS deliveries that has their ids: no page documents one, but the inbox is what is tested here.
const provider = { ...press(), polling: {} }
const results = (...ids: string[]) => ids.map((id) => ({ body: { note: 'polled', ...json(id) } }))
const json = (id: string) => JSON.parse(new TextDecoder().decode(sampleBody(id)))

const EVERY_MS = 1_500

/** A receiver on a file, behind a real server. */
async function serving(file: string) {
  const inbox = sqliteInbox({ file })
  const handled: string[] = []
  const rejected: string[] = []
  const receiver = createReceiver<PressEvent>(provider, {
    secret: SECRET,
    inbox,
    onEvent: (event, { delivery }) =>
      void handled.push(`${delivery.polled ? 'polled' : 'pushed'} ${event.id}`),
    onRejected: ({ code }) => void rejected.push(code),
    logger: false,
  })
  const server = createServer(async (req, res) => {
    sendReply(res, await receiver.receive(nodeRequest(req, { remedy: '' })))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  await receiver.ready
  const stop = async () => {
    server.close()
    await receiver.close()
    await inbox.close()
  }
  onTestFinished(stop)
  const push = async (id: string) => {
    const body = sampleBody(id)
    const { status } = await send(server, { path: '/', body, headers: signedHeaders(body) })
    return status
  }
  return { inbox, handled, rejected, push, stop }
}

/** Polls once, now. */
async function poll(file: string, ids: string[], task = 'poll'): Promise<void> {
  const polled = Promise.withResolvers<void>()
  const logger = {
    warn() {},
    error() {},
    info: (_: object, text: string) => text === 'polled' && polled.resolve(),
  }
  const inbox = sqliteInbox({ file })
  const reconciler = reconcile(inbox, provider, { task, logger, fetch: () => results(...ids) })
  await polled.promise
  await reconciler.close()
  await inbox.close()
}

test('what is pushed and polled, in either order or at once, is handled once, and is no conflict', async () => {
  const file = temporaryFile()
  const { inbox, handled, rejected, push } = await serving(file)
  expect(await push('pushed first')).toBe(200)
  await poll(file, ['pushed first', 'polled first'], 'one')
  expect(await push('polled first')).toBe(200)
  const racing = Array.from({ length: 20 }, (_, n) => `race ${n}`)
  const pushes = racing.map(push)
  await Promise.all([poll(file, racing, 'two'), poll(file, racing.toReversed(), 'three'), ...pushes])
  expect(await Promise.all(pushes)).toEqual(racing.map(() => 200))
  await vi.waitFor(async () =>
    expect(await inbox.stats()).toMatchObject({ waiting: 0, running: 0, done: 22 }),
  )
  expect(handled).toHaveLength(22)
  expect(handled).toEqual(
    expect.arrayContaining(['pushed event of pushed first', 'polled event of polled first']),
  )
  expect(await inbox.quarantined()).toEqual([])
  expect(rejected).toEqual([])
})

test('what was polled is known after a restart, and so is that it was polled', async () => {
  const file = temporaryFile()
  const first = await serving(file)
  await poll(file, ['a'])
  await vi.waitFor(() => expect(first.handled).toEqual(['polled event of a']))
  await first.stop()
  const second = await serving(file)
  expect(await second.push('a')).toBe(200)
  let looks = 0
  const fetch = vi.fn(() => [])
  const reconciler = reconcile(second.inbox, provider, {
    fetch,
    logger: false,
    everyMs: 1_000,
    // Time stands still, and each look asks for it.
    now: () => [Date.now(), looks++][0] ?? 0,
  })
  await vi.waitFor(() => expect(looks).toBeGreaterThan(5), { timeout: 10_000 })
  expect(fetch).not.toHaveBeenCalled()
  await reconciler.close()
  expect(second.handled).toEqual([])
})

test('a missing event is flagged once, also over a restart', async () => {
  const file = temporaryFile()
  const flagged: Missing[] = []
  const since = Date.now() - 7_200_000
  const look = async (options: Partial<ReconcileOptions<PressEvent>>) => {
    const inbox = sqliteInbox({ file })
    const asked = vi.fn(() => [{ id: 'request-1', since, is: () => false }])
    const reconciler = reconcile<PressEvent>(inbox, provider, {
      ...{
        fetch: () => [],
        logger: false,
        missingAfterMs: 3_600_000,
        onMissing: (missing) => flagged.push(missing),
      },
      expected: asked,
      ...options,
    })
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2), { timeout: 10_000 })
    await reconciler.close()
    await inbox.close()
  }
  await look({})
  expect(flagged).toMatchObject([{ id: 'request-1', receiver: 'press' }])
  await look({ now: () => Date.now() + 600_000 })
  expect(flagged).toHaveLength(1)
})

test('of several processes on one file one polls at a time, and another goes on when it is killed', async () => {
  const directory = temporaryDirectory()
  const [file, account] = [join(directory, 'inbox.db'), join(directory, 'account')]
  const startedAt = Date.now()
  const script = fileURLToPath(new URL('./support/reconcile-child.ts', import.meta.url))
  const children = [1, 2, 3].map(() => {
    const args = ['--conditions=@kyc-webhooks/source', script, file, account, String(EVERY_MS)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  })
  /** Who polled, in order. */
  const polls = () =>
    (existsSync(account) ? readFileSync(account, 'utf8') : '').split('\n').slice(0, -1).map(Number)
  await vi.waitFor(() => expect(polls().length).toBeGreaterThan(1), { timeout: 30_000 })
  const killed = polls().at(-1)
  children.find(({ pid }) => pid === killed)?.kill('SIGKILL')
  const before = polls().length
  await vi.waitFor(() => expect(polls().length).toBeGreaterThan(before + 1), { timeout: 30_000 })
  expect(polls().slice(before + 1)).not.toContain(killed)
  // Three that poll each for itself would make three times as many.
  const made = polls().length
  expect(made).toBeLessThanOrEqual((Date.now() - startedAt) / EVERY_MS + 1)
  const inbox = sqliteInbox({ file })
  expect(await inbox.events()).toHaveLength(1)
  await inbox.close()
}, 60_000)
