import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sqliteEngine } from '../src/index.ts'

async function opened(thread: boolean) {
  const directory = mkdtempSync(join(tmpdir(), 'kyc-gone-'))
  const file = join(directory, 'inbox.db')
  const engine = sqliteEngine({ file, thread })
  await engine.open()
  onTestFinished(async () => {
    await engine.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { file, engine }
}

describe.each([true, false])('in a thread: %s; a file that goes away while it is in use', (thread) => {
  test('takes nothing more when it was deleted', async () => {
    const { file, engine } = await opened(thread)
    await expect(engine.commit([], [])).resolves.toEqual([])
    rmSync(file)
    await expect(engine.commit([], [])).rejects.toMatchObject({ code: 'inbox-unavailable' })
  })

  test('takes nothing more when another took its place, and more when it is back', async () => {
    const { file, engine } = await opened(thread)
    renameSync(file, `${file}.away`)
    copyFileSync(`${file}.away`, file)
    await expect(engine.commit([], [])).rejects.toMatchObject({ code: 'inbox-unavailable' })
    renameSync(`${file}.away`, file)
    await expect(engine.commit([], [])).resolves.toEqual([])
  })
})
