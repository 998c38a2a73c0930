import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { silentLogger, type Work } from '@kyc-webhooks/core'
import { receipt } from '@kyc-webhooks/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sqliteInbox } from '../src/index.ts'
import { temporaryDirectory, temporaryFile } from './support/stores.ts'

const work: Work = {
  ...{ receiver: 'press', run: async () => {}, concurrency: 1, timeoutMs: 1_000, keepHandledMs: 0 },
  retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1, crashes: 1 },
  ...{ logger: silentLogger, now: Date.now, random: Math.random },
}

test('the same file is the same inbox, until the last user closes it', async () => {
  const file = temporaryFile()
  const [a, b] = [sqliteInbox({ file }), sqliteInbox({ file })]
  await Promise.all([a.open(), b.open()])
  const outcomes = await Promise.all([a.record(receipt('one')), b.record(receipt('one'))])
  expect(outcomes.toSorted()).toEqual(['duplicate', 'recorded'])
  a.work(work)
  expect(() => b.work(work)).toThrow(expect.objectContaining({ code: 'receiver-name-taken' }))
  await a.close()
  await a.close()
  expect(await b.record(receipt('two'))).toBe('recorded')
  await b.close()
  await expect(b.record(receipt('three'))).rejects.toMatchObject({ code: 'inbox-unavailable' })
})

test('a file closed by all can be opened anew', async () => {
  const file = temporaryFile()
  const first = sqliteInbox({ file })
  await first.open()
  await first.record(receipt('one'))
  await first.close()
  const second = sqliteInbox({ file, maxQueued: 5 })
  await second.open()
  expect(await second.record(receipt('one'))).toBe('duplicate')
  await second.close()
})

test('a file is the same whichever way leads to it', async () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'real'))
  symlinkSync(join(directory, 'real'), join(directory, 'link'))
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(join(directory, 'real'))
  onTestFinished(() => cwd.mockRestore())
  const files = [
    join(directory, 'real', 'inbox.db'),
    join(directory, 'link', 'inbox.db'),
    'inbox.db',
    './x/../inbox.db',
  ]
  const inboxes = files.map((file) => sqliteInbox({ file }))
  inboxes[0]?.work(work)
  for (const inbox of inboxes) {
    expect(() => inbox.work(work)).toThrow(expect.objectContaining({ code: 'receiver-name-taken' }))
  }
  const other = sqliteInbox({ file: join(directory, 'real', 'other.db') })
  other.work(work)
  await Promise.all([...inboxes, other].map((inbox) => inbox.close()))
})

test('one file with different options is refused', async () => {
  const file = temporaryFile()
  const inbox = sqliteInbox({ file, maxQueued: 10 })
  const differing = [{}, { maxQueued: 11 }, { maxQueued: 10, thread: false }, { maxQueued: 10, now: () => 0 }]
  for (const options of differing) {
    expect(() => sqliteInbox({ file, ...options })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  }
  const same = sqliteInbox({ file, maxQueued: 10, thread: true })
  await inbox.close()
  expect(await same.record(receipt('one'))).toBe('recorded')
  await same.close()
})

test('two copies of the package share one inbox', async () => {
  const file = temporaryFile()
  vi.resetModules()
  const copy = await import('../src/index.ts')
  expect(copy.sqliteInbox).not.toBe(sqliteInbox)
  const [a, b] = [sqliteInbox({ file }), copy.sqliteInbox({ file })]
  a.work(work)
  expect(() => b.work(work)).toThrow(expect.objectContaining({ code: 'receiver-name-taken' }))
  await Promise.all([a.close(), b.close()])
})

test('an inbox that could not be opened opens when the cause is gone', async () => {
  const file = temporaryFile()
  writeFileSync(file, 'in the way')
  const inbox = sqliteInbox({ file })
  await expect(inbox.open()).rejects.toMatchObject({ code: 'inbox-unusable' })
  await expect(inbox.record(receipt('one'))).rejects.toMatchObject({ code: 'inbox-unavailable' })
  rmSync(file)
  await vi.waitFor(async () => expect(await inbox.record(receipt('one'))).toBe('recorded'), {
    timeout: 5_000,
    interval: 100,
  })
  await inbox.close()
})

test('the keys of an inbox are not seen by who looks at what all share', async () => {
  const key = Buffer.alloc(32, 'a key of 32 bytes').toString('base64')
  const inbox = sqliteInbox({ file: temporaryFile(), encryption: { keys: `a:${key}` } })
  await inbox.open()
  const registry = (globalThis as Record<symbol, unknown>)[Symbol.for('kyc-webhooks.sqlite')]
  expect(inspect(registry, { depth: 20 }) + inspect(inbox, { depth: 20 })).not.toContain(key)
  await inbox.close()
})
