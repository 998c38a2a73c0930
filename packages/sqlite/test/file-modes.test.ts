import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { receipt, record } from '@kyc-webhooks/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine, temporaryDirectory } from './support/stores.ts'

const modes = (directory: string) =>
  Object.fromEntries(
    readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]),
  )

function warnings(): { code?: string; message: string }[] {
  const heard: Error[] = []
  const onWarning = (warning: Error) => void heard.push(warning)
  process.on('warning', onWarning)
  onTestFinished(() => void process.off('warning', onWarning))
  return heard
}

test('whatever the umask, all files are 0600 and a directory that is made is 0700', async () => {
  const file = join(temporaryDirectory(), 'made', 'inbox.db')
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const heard = warnings()
  const engine = await openEngine(file)
  await record(engine, 'a')
  await engine.acquire('press', 0)
  expect(modes(dirname(file))).toEqual({
    ...{ 'inbox.db': 0o600, 'inbox.db-wal': 0o600, 'inbox.db-shm': 0o600, 'inbox.db-press.lock': 0o600 },
  })
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
  await new Promise(setImmediate)
  expect(heard).toEqual([])
})

test('a file that others may read and a directory that others may write are warned of, once', async () => {
  const directory = join(temporaryDirectory(), 'there')
  mkdirSync(directory)
  const file = join(directory, 'inbox.db')
  await (await openEngine(file)).close()
  chmodSync(file, 0o640)
  chmodSync(directory, 0o777)
  const heard = warnings()
  for (const _ of [1, 2]) {
    const engine = await openEngine(file)
    expect(await engine.commit([receipt(`${_}`)], [])).toEqual(['recorded'])
    await engine.close()
  }
  await new Promise(setImmediate)
  expect(heard.map(({ code }) => code)).toEqual(heard.map(() => 'kyc-webhooks-file-mode'))
  const messages = heard.map(({ message }) => message)
  expect(messages).toContain(`${file} holds personal data, and others may read it: chmod 600 ${file}`)
  expect(messages).toContain(`others may put another file in the place of ${file}: chmod 700 ${directory}`)
  expect(new Set(messages).size).toBe(messages.length)
})

test('a directory that others may only read is nothing to warn of', async () => {
  const directory = join(temporaryDirectory(), 'there')
  mkdirSync(directory)
  chmodSync(directory, 0o755)
  const heard = warnings()
  await openEngine(join(directory, 'inbox.db'))
  await new Promise(setImmediate)
  expect(heard).toEqual([])
})
