import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { arriving, nameOf, workOf } from '../../testing/src/inbox-work.ts'
import { postgresInbox } from '../src/index.ts'
import { testDatabase } from './support/stores.ts'
import { until } from './support/until.ts'

const [before, after] = [await testDatabase(), await testDatabase()]

/** The tools refuse a server that is newer than they are. */
const remark = await whyNot()

test.skipIf(remark !== '')(
  `a dump of an inbox at work is restored, and goes on${remark}`,
  async () => {
    const first = postgresInbox({ connectionString: before.url, heartbeatSeconds: 10, maxConnections: 3 })
    const hang = Promise.withResolvers<void>()
    first.work(workOf(async (claim) => (nameOf(claim) === 'hangs' ? hang.promise : undefined)))
    for (const id of ['done', 'hangs']) expect(await first.record(arriving(id))).toBe('recorded')
    await until(first, { done: 1, running: 1 })

    const directory = mkdtempSync(join(tmpdir(), 'kyc-webhooks-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const file = join(directory, 'inbox.dump')
    execFileSync('pg_dump', ['--format=custom', `--file=${file}`, before.url])
    expect(await first.record(arriving('later'))).toBe('recorded')
    await until(first, { done: 2 })
    hang.resolve()
    await first.close()

    execFileSync('pg_restore', [`--dbname=${after.url}`, '--exit-on-error', file])
    const second = postgresInbox({ connectionString: after.url, heartbeatSeconds: 10, maxConnections: 3 })
    onTestFinished(() => second.close())
    const handled: string[] = []
    second.work(workOf(async (claim) => void handled.push(nameOf(claim))))
    expect(await second.record(arriving('done'))).toBe('duplicate')
    expect(await second.record(arriving('later'))).toBe('recorded')
    // The one that ran is taken over when nothing has been heard of its worker for long enough.
    await until(second, { done: 3, waiting: 0, running: 0 }, 60_000)
    expect(handled.toSorted()).toEqual(['hangs', 'later'])
  },
  90_000,
)

async function whyNot(): Promise<string> {
  const [server] = await before.query('SHOW server_version_num')
  const { stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' })
  const major = Number(/ (\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
  return major * 10_000 + 9_999 >= Number(server?.server_version_num)
    ? ''
    : ' (not found: pg_dump of the server)'
}
