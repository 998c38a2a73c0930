import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { receipt } from '../../testing/src/inbox-samples.ts'
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

  test.each([
    ['its log was', ['-wal']],
    ['its log and the index of that were', ['-wal', '-shm']],
  ])('takes nothing more when %s deleted, and what it took before is in the file', async (_, endings) => {
    const { file, engine } = await opened(thread)
    await engine.commit([receipt('before')], [])
    for (const ending of endings) rmSync(`${file}${ending}`)
    await expect(engine.commit([receipt('after')], [])).rejects.toMatchObject({ code: 'inbox-unavailable' })
    // As another process finds it when this one is killed.
    const copy = `${file}.copy`
    copyFileSync(file, copy)
    const found = sqliteEngine({ file: copy, thread: false })
    await found.open()
    onTestFinished(() => found.close())
    expect(await found.events({})).toMatchObject([{ json: receipt('before').events[0]?.json }])
  })

  test('takes nothing more, and starts nothing, when another process would write over it', async () => {
    const { file, engine } = await opened(thread)
    await engine.commit([receipt('before')], [])
    await engine.acquire('press', 0)
    // As whoever tidies up does, behind a process that is alive. The next one to open the inbox makes itself another.
    rmSync(`${file}-shm`)
    const unavailable = { code: 'inbox-unavailable' }
    await expect(engine.commit([receipt('after')], [])).rejects.toMatchObject(unavailable)
    const claim = { receiver: 'press', now: Date.now(), limit: 1, suspects: true }
    await expect(engine.claim(claim)).rejects.toMatchObject(unavailable)
    await expect(engine.purge(0, 1)).rejects.toMatchObject(unavailable)
  })
})
