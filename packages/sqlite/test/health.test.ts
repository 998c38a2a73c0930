import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInbox } from '@kyc-webhooks/core'
import { expect, onTestFinished, test } from 'vitest'
import { arriving } from '../../testing/src/inbox-work.ts'
import { sqliteEngine } from '../src/index.ts'

test('health counts nothing of what is done: nobody waits behind a probe', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-health-'))
  const counting = async () => {
    throw new Error('two million rows')
  }
  const engine = { ...sqliteEngine({ file: join(directory, 'inbox.db') }), stats: counting }
  const inbox = createInbox(engine)
  onTestFinished(async () => {
    await inbox.close()
    rmSync(directory, { recursive: true, force: true })
  })
  await inbox.record(arriving('a'))
  expect(await inbox.health()).toMatchObject({ reachable: true, depth: 1, deadLetters: 0 })
})
