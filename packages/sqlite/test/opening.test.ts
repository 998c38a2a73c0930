import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { receipt, record } from '@kyc-webhooks/testing'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { connect, loadDriver } from '../src/connection.ts'
import { sqliteEngine } from '../src/index.ts'
import { checkNode } from '../src/sqlite-engine.ts'
import { openEngine, temporaryDirectory, temporaryFile } from './support/stores.ts'

test('every opening sets what durability needs, and reads it back', async () => {
  const [driver, file] = [await loadDriver(), temporaryFile()]
  for (const opening of ['first', 'second']) {
    const db = connect(driver, file)
    const pragmas = [
      'journal_mode',
      'synchronous',
      'busy_timeout',
      'fullfsync',
      'secure_delete',
      'foreign_keys',
    ]
    expect(
      pragmas.map((name) => db.pragma(name, { simple: true })),
      opening,
    ).toEqual(['wal', 2, 200, 1, 1, 1])
    db.close()
  }
})

test('an inbox whose commits would not be synced is refused', async () => {
  const { open } = await loadDriver()
  const unsynced = (path: string, timeout: number) => {
    const db = open(path, timeout)
    const pragma = db.pragma.bind(db)
    db.pragma = (source, options) =>
      pragma(source === 'synchronous = FULL' ? 'synchronous = NORMAL' : source, options)
    return db
  }
  expect(() => connect({ open: unsynced }, temporaryFile())).toThrow('synchronous stays 1')
})

test('the file, what lies beside it and its directory are for their owner alone', async () => {
  const file = join(temporaryDirectory(), 'deep', 'er', 'inbox.db')
  const engine = await openEngine(file)
  await record(engine, 'a')
  await engine.acquire('press', 0)
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
  expect(readdirSync(dirname(file)).toSorted()).toEqual([
    'inbox.db',
    'inbox.db-press.lock',
    'inbox.db-shm',
    'inbox.db-wal',
  ])
  for (const name of readdirSync(dirname(file)))
    expect([name, mode(join(dirname(file), name))]).toEqual([name, '600'])
  expect(mode(dirname(file))).toBe('700')
  expect(mode(dirname(dirname(file)))).toBe('700')
})

test('nothing is loaded and nothing created before the inbox is opened', () => {
  const file = temporaryFile()
  expect(sqliteEngine({ file }).name).toBe(`sqlite ${file}`)
  expect(readdirSync(dirname(file))).toEqual([])
})

test.each([true, false])(
  'with `migrate: false` nothing is created or updated (thread: %s)',
  async (thread) => {
    const file = temporaryFile()
    const look = { thread, migrate: false }
    await expect(openEngine(file, look)).rejects.toMatchObject({ code: 'inbox-unusable' })
    expect(readdirSync(dirname(file))).toEqual([])
    const owner = await openEngine(file)
    await record(owner, 'a')
    expect(await (await openEngine(file, look)).stats()).toMatchObject({ waiting: 1 })
    await owner.close()
    createDatabase(file, 'PRAGMA user_version = 0')
    await expect(openEngine(file, look)).rejects.toThrow('schema 0, wanted')
  },
)

/** What can lie where an inbox is expected, and the code that it is refused with. */
const UNUSABLE: Record<string, [code: string, spoil: (file: string) => void]> = {
  'a database of somebody else': ['inbox-foreign', (file) => createDatabase(file, 'CREATE TABLE theirs (a)')],
  'an empty database of somebody else': [
    'inbox-foreign',
    (file) => createDatabase(file, 'PRAGMA user_version = 1'),
  ],
  'an inbox of a newer version': ['inbox-newer', (file) => createDatabase(file, 'PRAGMA user_version = 99')],
  'an inbox that lacks a table': ['inbox-unusable', (file) => createDatabase(file, 'DROP TABLE head')],
  'a text file': [
    'inbox-unusable',
    (file) => writeFileSync(file, 'not a database, but long enough to be one'.repeat(50)),
  ],
  'an inbox cut off in its header': ['inbox-unusable', (file) => truncateSync(file, 50)],
  'an inbox cut off in a page': ['inbox-unusable', (file) => truncateSync(file, statSync(file).size - 1_000)],
  'an inbox that lacks pages': ['inbox-unusable', (file) => truncateSync(file, 8_192)],
  'an inbox cut off to nothing': ['inbox-unusable', (file) => truncateSync(file, 0)],
  'an inbox with an overwritten header': ['inbox-unusable', (file) => overwrite(file, 0, 100)],
  'an inbox with an overwritten schema': ['inbox-unusable', (file) => overwrite(file, 100, 3_996)],
  'a log without its inbox': [
    'inbox-unusable',
    (file) => {
      rmSync(file)
      writeFileSync(`${file}-wal`, 'committed, and not yet in the database')
    },
  ],
  'a directory': ['inbox-unusable', () => {}],
}

for (const [what, [code, spoil]] of Object.entries(UNUSABLE)) {
  test(`${what} is refused and left as it is`, async () => {
    const file = what === 'a directory' ? temporaryDirectory() : temporaryFile()
    if (!what.includes('somebody') && what !== 'a directory') await createInbox(file)
    spoil(file)
    const content = () => (existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined)
    const before = content()
    for (const thread of [true, false]) {
      const engine = sqliteEngine({ file, thread })
      await expect(engine.open()).rejects.toMatchObject({ code, message: expect.stringContaining(file) })
      await expect(engine.commit([receipt('a')], [])).rejects.toMatchObject({ code: 'inbox-unavailable' })
      await engine.close()
    }
    expect(content()).toEqual(before)
  })
}

test('an opening that failed can be repeated', async () => {
  const file = temporaryFile()
  writeFileSync(file, 'in the way')
  const engine = sqliteEngine({ file })
  await expect(engine.open()).rejects.toMatchObject({ code: 'inbox-unusable' })
  rmSync(file)
  await engine.open()
  expect(await record(engine, 'a')).toBe('recorded')
  await engine.close()
})

test('an inbox that another process is writing to opens when that is done', async () => {
  const file = temporaryFile()
  await createInbox(file)
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  const opening = openEngine(file)
  await new Promise((resolve) => setTimeout(resolve, 500))
  other.exec('ROLLBACK')
  other.close()
  expect(await record(await opening, 'a')).toBe('recorded')
})

test('a directory that cannot be made is told as it is', async () => {
  const file = join(temporaryFile(), 'below a file', 'inbox.db')
  writeFileSync(dirname(dirname(file)), '')
  await expect(sqliteEngine({ file }).open()).rejects.toMatchObject({
    code: 'inbox-unusable',
    message: expect.stringContaining('ENOTDIR'),
  })
})

test('a Node.js that the driver crashes is refused before the driver is loaded', () => {
  expect(() => checkNode('22.13.1')).toThrow(expect.objectContaining({ code: 'node-too-old' }))
  expect(() => checkNode('20.19.0')).toThrow(expect.objectContaining({ code: 'node-too-old' }))
  for (const version of ['22.14.0', '24.0.0', '100.0.0', process.versions.node]) checkNode(version)
})

test('options that are not usable are refused at once', () => {
  for (const file of ['', ':memory:', ' inbox.db', 7]) {
    expect(() => sqliteEngine({ file: file as string })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  }
  expect(() => sqliteEngine({ thread: 'no' as never })).toThrow(
    expect.objectContaining({ code: 'option-invalid' }),
  )
})

async function createInbox(file: string): Promise<void> {
  const engine = sqliteEngine({ file })
  await engine.open()
  for (let index = 0; index < 20; index++) await record(engine, `${index}`, { body: Buffer.alloc(2_000) })
  await engine.close()
}

/** Runs SQL on the file, whatever it is. */
function createDatabase(file: string, statements: string): void {
  const db = new Database(file)
  db.exec(statements)
  db.close()
}

function overwrite(file: string, from: number, length: number): void {
  const content = readFileSync(file)
  writeFileSync(file, content.fill(0x5a, from, from + length))
}
