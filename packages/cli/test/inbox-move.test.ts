import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sqliteInbox } from '@kyc-webhooks/sqlite'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { kyc, kycJson } from './support/cli.ts'
import { fill, PERSONAL } from './support/filled-inbox.ts'
import { temporaryDirectory } from './support/temporary.ts'

/** What `fill` leaves in an inbox: each delivery in quarantine there is one that was never recorded. */
const FILLED = { keys: 2, nonces: 0, heads: 0, deliveries: 2, events: 4, quarantined: 2 }

async function filledFile(): Promise<string> {
  const file = join(temporaryDirectory(), 'inbox.db')
  const inbox = sqliteInbox({ file })
  const { receiver } = await fill(inbox)
  await receiver.close()
  await inbox.close()
  return file
}

async function newDatabase(): Promise<string> {
  const server = String(process.env.TEST_POSTGRES_URL)
  const name = `cli_${randomUUID().replaceAll('-', '')}`
  await query(server, `CREATE DATABASE ${name}`)
  onTestFinished(() => query(server, `DROP DATABASE ${name} WITH (FORCE)`))
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function newSchema(): { env: { THE_DATABASE: string }; schema: string } {
  const url = String(process.env.TEST_POSTGRES_URL)
  const schema = `cli_${randomUUID().slice(0, 8)}`
  onTestFinished(() => query(url, `DROP SCHEMA IF EXISTS ${schema}, ${schema}_boss CASCADE`))
  return { env: { THE_DATABASE: url }, schema }
}

test('an inbox moves to Postgres and back; the old ones are closed, and say so', async () => {
  const file = await filledFile()
  const { env, schema } = newSchema()
  const onPostgres = ['--inbox-env', 'THE_DATABASE', '--schema', schema]
  const there = ['inbox', 'move', '--from', file, '--to-env', 'THE_DATABASE', '--to-schema', schema, '--yes']
  const before = await kycJson(['inbox', 'list', '--inbox', file])

  const moved = await kyc(there, { env })
  expect(moved).toMatchObject({ code: 0, stderr: '' })
  expect(moved.stdout).toMatch(/^moved from sqlite .+ to postgres cli_/)
  expect(moved.stdout).toMatch(/^events +4$/m)
  expect(moved.stdout).not.toContain(PERSONAL)
  expect((await kycJson(['inbox', 'list', ...onPostgres], { env })).values).toEqual(before.values)
  const closed = await kyc(['inbox', 'stats', '--inbox', file])
  expect(closed).toMatchObject({ code: 1, stdout: '' })
  expect(closed.stderr).toBe(`kyc-webhooks: The inbox was moved away: to postgres ${schema} (inbox-moved)\n`)

  // Once more is no harm.
  expect((await kycJson(there, { env })).values).toEqual([FILLED])

  const back = join(temporaryDirectory(), 'back.db')
  const home = ['inbox', 'move', '--from-env', 'THE_DATABASE', '--from-schema', schema, '--to', back, '--yes']
  const returned = await kycJson(home, { env })
  expect(returned).toMatchObject({ code: 0, values: [FILLED] })
  expect((await kycJson(['inbox', 'list', '--inbox', back])).values).toEqual(before.values)
  expect(await kyc(['inbox', 'stats', ...onPostgres], { env })).toMatchObject({ code: 1 })
})

test('the printed SQL makes an inbox, which the other commands open', async () => {
  const { env, schema } = newSchema()
  const printed = await kyc(['inbox', 'sql', '--schema', schema])
  expect(printed).toMatchObject({ code: 0, stderr: '' })
  const stats = ['inbox', 'stats', '--inbox-env', 'THE_DATABASE', '--schema', schema]
  expect(await kyc(stats, { env })).toMatchObject({ code: 1 })
  await query(env.THE_DATABASE, printed.stdout)
  expect(await kyc(stats, { env })).toMatchObject({ code: 0 })
  const newer = await kyc(['inbox', 'sql', '--schema', schema, '--from', '1'])
  expect(newer.stdout).not.toContain('CREATE SCHEMA')
  expect(newer.stdout).toContain(`INSERT INTO "${schema}".migration (version) VALUES (2)`)
  expect(await kyc(['inbox', 'sql', '--schema', 'No Name'])).toMatchObject({ code: 2, stdout: '' })
  expect(await kyc(['inbox', 'sql', '--from', '1000'])).toMatchObject({ code: 2, stdout: '' })
})

test('the command lines of the guide move an inbox, and back', async () => {
  const guide = readFileSync(new URL('../../../docs/guides/moving.md', import.meta.url), 'utf8')
  const lines = [...guide.matchAll(/^kyc-webhooks (inbox move .*)$/gm)].map(([, line = '']) =>
    line.split(' '),
  )
  expect(lines).toHaveLength(2)
  const url = await newDatabase()
  const cwd = temporaryDirectory()
  const inbox = sqliteInbox({ file: join(cwd, 'kyc-webhooks.db') })
  await (await fill(inbox)).receiver.close()
  await inbox.close()
  for (const line of lines) {
    expect(await kycJson(line, { cwd, env: { DATABASE_URL: url } })).toMatchObject({
      code: 0,
      values: [FILLED],
    })
  }
  expect(await kyc(['inbox', 'stats', '--inbox', 'back.db'], { cwd })).toMatchObject({ code: 0 })
})

test('an inbox that a receiver runs is not moved, nor is anything moved into one with something in it', async () => {
  const file = await filledFile()
  const busy = join(temporaryDirectory(), 'busy.db')
  await fill(sqliteInbox({ file: busy }))
  const fresh = join(temporaryDirectory(), 'fresh.db')
  const inUse = await kyc(['inbox', 'move', '--from', busy, '--to', fresh, '--yes'])
  expect(inUse).toMatchObject({ code: 1, stdout: '' })
  expect(inUse.stderr).toContain('inbox-in-use')
  const full = await kyc(['inbox', 'move', '--from', file, '--to', busy, '--yes'])
  expect(full).toMatchObject({ code: 1, stdout: '' })
  expect(full.stderr).toContain('inbox-not-empty')
  expect(await kyc(['inbox', 'stats', '--inbox', file])).toMatchObject({ code: 0 })
})

test('what does not exist is not moved', async () => {
  const [file, to] = [join(temporaryDirectory(), 'none.db'), join(temporaryDirectory(), 'to.db')]
  const { code, stderr } = await kyc(['inbox', 'move', '--from', file, '--to', to, '--yes'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('there is no inbox')])
  expect(existsSync(file)).toBe(false)
})

test.each([
  ['nothing', [], 'say --from or --from-env'],
  ['no target', ['--from', 'a.db'], 'say --to or --to-env'],
  ['two sources', ['--from', 'a.db', '--from-env', 'A', '--to', 'b.db'], '--from or --from-env, not both'],
  ['a password', ['--from', 'a.db', '--to', 'postgres://u:hunter2@localhost/db'], 'use --to-env'],
  [
    'a schema of a file',
    ['--from', 'a.db', '--to', 'b.db', '--to-schema', 'x'],
    '--to-schema is for Postgres',
  ],
  ['one inbox', ['--from', 'a.db', '--to', 'a.db'], 'the same inbox'],
  ['nobody to ask', ['--from', 'a.db', '--to', 'b.db'], 'say --yes'],
])('asked with %s, nothing is done', async (_, args, message) => {
  const cwd = temporaryDirectory()
  const { code, stdout, stderr } = await kyc(['inbox', 'move', ...args], { cwd })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('hunter2')
  expect(existsSync(join(cwd, 'a.db')) || existsSync(join(cwd, 'b.db'))).toBe(false)
})
