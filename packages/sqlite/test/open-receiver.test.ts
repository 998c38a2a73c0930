import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryInbox, type PressEvent, press, type ReceiverOptions } from '@kyc-webhooks/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReceiver, sqliteInbox } from '../src/index.ts'

const options = (name: string): ReceiverOptions<PressEvent> => ({
  name,
  secret: 'whsec_5f0c2e7d9b41a6835f0c2e7d9b41a683',
  onEvent() {},
  logger: false,
})

const before = process.cwd()
let directory = ''
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'kyc-webhooks-')))
  process.chdir(directory)
})
afterEach(() => {
  process.chdir(before)
  rmSync(directory, { recursive: true })
})

/** Whether somebody holds the default inbox: it may not be had with other options then. */
function isHeld(): boolean {
  try {
    void sqliteInbox({ maxQueued: 7 }).close()
    return false
  } catch {
    return true
  }
}

test('receivers without an inbox share the default one, which closes with the last of them', async () => {
  const sandbox = openReceiver(press(), options('sandbox'))
  const production = openReceiver(press(), options('production'))
  await Promise.all([sandbox.ready, production.ready])
  await sandbox.close()
  await sandbox.close()
  expect(isHeld()).toBe(true)
  await production.close()
  expect(isHeld()).toBe(false)
})

test('an inbox that was given stays open', async () => {
  const inbox = memoryInbox()
  const open = openReceiver(press(), { ...options('press'), inbox })
  await open.ready
  await open.close()
  expect(await inbox.stats()).toMatchObject({ waiting: 0 })
  expect(isHeld()).toBe(false)
})

test('a receiver that cannot be made holds nothing', () => {
  expect(() => openReceiver(press(), { ...options('press'), secret: undefined })).toThrow('secret')
  expect(isHeld()).toBe(false)
})
