import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { record } from '@kyc-webhooks/testing'
import { expect, test } from 'vitest'
import { openEngine, temporaryDirectory } from './support/stores.ts'

const guide = readFileSync(new URL('../../../docs/guides/operations.md', import.meta.url), 'utf8')
const [, commands = ''] = /^## Backups\n[^#]*?```sh\n([^`]*)```/m.exec(guide) ?? []
const found = spawnSync('sqlite3', ['--version']).status === 0
const remark = found ? '' : ' (not found: sqlite3)'

test.skipIf(!found)(
  `the backup of the guide, of an open inbox, is restored as the guide says${remark}`,
  async () => {
    const directory = temporaryDirectory()
    const [file, backup] = [join(directory, 'inbox.db'), join(directory, 'backup', 'inbox.db')]
    mkdirSync(join(directory, 'backup'))
    const before = await openEngine(file)
    expect(await record(before, 'a')).toBe('recorded')
    const here = commands.replaceAll('/var/lib/kyc', directory).replaceAll('/backup/', `${directory}/backup/`)
    execFileSync('sh', ['-ec', here])
    expect((statSync(backup).mode & 0o777).toString(8)).toBe('600')
    expect(await record(before, 'b')).toBe('recorded')
    await before.close()

    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
    copyFileSync(backup, file)
    const after = await openEngine(file)
    expect(await record(after, 'a')).toBe('duplicate')
    expect(await record(after, 'b')).toBe('recorded')
    expect(await after.stats()).toMatchObject({ waiting: 2 })
  },
)
